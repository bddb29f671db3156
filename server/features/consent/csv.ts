import { categoryIds } from '../../../config/consent.ts';
import { csvLine, type Cell } from '../../csv.ts';
import type { ConsentRecordRow } from './model.ts';

/** Services that were decided apart, such as `maps=true video=false`. */
const servicesText = ({ services }: ConsentRecordRow) =>
  Object.entries(services)
    .map(([id, granted]) => `${id}=${String(granted)}`)
    .join(' ');

/** Columns of the export, in their order; the names are those of the JSON records. */
const columns: readonly (readonly [string, (row: ConsentRecordRow) => Cell])[] = [
  ['id', (row) => row._id.toHexString()],
  ['recordedAt', (row) => row.recordedAt.toISOString()],
  ['chosenAt', (row) => row.chosenAt.toISOString()],
  ['inForceAt', (row) => row.inForceAt.toISOString()],
  ['visitorId', (row) => row.visitorId],
  ['clientKey', (row) => row.clientKey],
  ['previousKey', (row) => row.previousKey],
  ['action', (row) => row.action],
  ...categoryIds.map((id) => [id, (row: ConsentRecordRow) => row.choices[id]] as const),
  ...categoryIds.map(
    (id) => [`legalBasis.${id}`, (row: ConsentRecordRow) => row.legalBasis[id]] as const,
  ),
  ['services', (row) => servicesText(row)],
  ['model', (row) => row.model],
  ['regime', (row) => row.regime],
  ['region', (row) => row.region],
  ['language', (row) => row.language],
  ['gpc', (row) => row.gpc],
  ['dnt', (row) => row.dnt],
  ['tcf', (row) => row.tcf],
  ['gpp', (row) => row.gpp],
  ['configurationVersion', (row) => row.configurationVersion],
  ['configurationHash', (row) => row.configurationHash],
  ['textsHash', (row) => row.textsHash],
  ['page', (row) => row.page],
  ['browser', (row) => row.browser],
  ['device', (row) => row.device],
  ['receivedVia', (row) => row.receivedVia],
];

const PIECE = 64 * 1024;

/** Records as CSV with a heading, in pieces of about 64 KiB. */
export async function* csvOf(records: AsyncIterable<ConsentRecordRow>): AsyncGenerator<Buffer> {
  let text = csvLine(columns.map(([name]) => name));
  for await (const row of records) {
    text += csvLine(columns.map(([, cellOf]) => cellOf(row)));
    if (text.length < PIECE) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
