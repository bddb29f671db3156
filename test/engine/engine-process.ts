/** A process that runs an engine on the folder it is given, to be killed by a test. */
import { startEngine } from '../../server/database/engine/start.ts';

const [, , folder = ''] = process.argv;
await startEngine({ folder });
process.send?.('ready');
