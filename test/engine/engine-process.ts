/** A process that starts an engine on the folder it is given, to be killed by a test, or ended by SIGTERM. */
import { startEngine } from '../../server/database/engine/start.ts';

const [, , folder = ''] = process.argv;
const engine = await startEngine({ folder });
process.once('SIGTERM', () => {
  void engine.close().then(() => process.exit(0));
});
const { uri, isOwner } = engine;
process.send?.({ uri, isOwner });
