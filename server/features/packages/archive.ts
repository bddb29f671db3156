import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { OpenedFile } from '../files/service.ts';
import { indexPage, type IndexItem } from './index-page.ts';
import type { ItemRow } from './model.ts';
import { fieldsOf, recordsAsCsv, schemaOf, type DataRecord } from './records.ts';
import type { PackageFrame, PackageSection } from './schema.ts';

export interface ArchiveItem extends Pick<
  ItemRow,
  'category' | 'kind' | 'count' | 'held' | 'verdict'
> {
  name: string;
  /** Bytes. */
  size: number;
  reason: string | null;
  open: () => Promise<OpenedFile>;
}

/** Records shown on the page that a person reads; all of them are in the files beside it. */
const SHOWN = 100;

const recordsOf = async (item: ArchiveItem) =>
  (await json((await item.open()).content)) as DataRecord[];

const folderOf = (category: string) => category.replaceAll(/[^\p{L}\p{N}-]+/gu, '-') || 'more';

/** Where an item lies in the archive; the number keeps equal names apart. */
function pathOf({ category, kind, name }: ArchiveItem, at: number): string {
  const number = String(at + 1).padStart(2, '0');
  const file = kind === 'records' ? `${name}.csv` : name;
  return `${folderOf(category)}/${number}-${file}`;
}

interface Placed {
  item: ArchiveItem;
  path: string;
}

async function shownOf({ item, path }: Placed): Promise<IndexItem> {
  const { name, kind, count, size, held } = item;
  const records = kind === 'records' ? (await recordsOf(item)).slice(0, SHOWN) : [];
  return { name, kind, path, count, size, held, fields: fieldsOf(records), records };
}

const sectionOf = ({ sections }: PackageFrame, category: string): PackageSection =>
  sections.find(({ id }) => id === category) ?? {
    id: category,
    name: '',
    sources: [],
    purposes: [],
    recipients: [],
    retention: '',
    transfers: [],
  };

/** `data.json`, written item by item. */
async function* dataOf(frame: PackageFrame, placed: readonly Placed[]): AsyncGenerator<string> {
  const { reference, right, language } = frame;
  const head = { $schema: './schema.json', reference, right, language, categories: frame.sections };
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "data": [`;
  let isFirst = true;
  for (const { item, path } of placed) {
    const { category, name, kind } = item;
    const entry = { category, name, kind, file: path };
    const records = kind === 'records' ? { records: await recordsOf(item) } : {};
    yield `${isFirst ? '' : ','}\n    ${JSON.stringify({ ...entry, ...records })}`;
    isFirst = false;
  }
  yield '\n  ]\n}\n';
}

/** The JSON Schema of `data.json`, with the fields of each group of records. */
async function schemaFile(placed: readonly Placed[]): Promise<string> {
  const entries: object[] = [];
  for (const { item, path } of placed) {
    const { kind } = item;
    entries.push({
      properties: {
        file: { const: path },
        ...(kind === 'records' && { records: schemaOf(await recordsOf(item)) }),
      },
    });
  }
  const text = { type: 'string' };
  const texts = { type: 'array', items: text };
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['reference', 'right', 'language', 'categories', 'data'],
    properties: {
      reference: text,
      right: text,
      language: text,
      categories: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'name'],
          properties: {
            id: text,
            name: text,
            sources: texts,
            purposes: texts,
            recipients: texts,
            retention: text,
            transfers: texts,
          },
        },
      },
      data: {
        type: 'array',
        items: {
          type: 'object',
          required: ['category', 'name', 'kind', 'file'],
          properties: {
            category: text,
            name: text,
            kind: { enum: ['records', 'document'] },
            file: text,
          },
          ...(entries.length > 0 && { anyOf: entries }),
        },
      },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** What is compressed already is not compressed again. */
const isPacked = (name: string) =>
  /\.(?:zip|gz|7z|jpe?g|png|webp|mp[34]|pdf|docx|xlsx)$/iu.test(name);

/** Something that is only made when its turn in the archive has come. */
type Source = () => AsyncIterable<Buffer | string> | Promise<AsyncIterable<Buffer | string>>;

async function* once(make: () => string | Promise<string>): AsyncGenerator<string> {
  yield await make();
}

/**
 * The ZIP archive of an answer: a page to read, the data as JSON with their schema and as CSV, and
 * the documents. Each part is made when the one before it has been read.
 */
export async function* archiveOf(
  frame: PackageFrame,
  items: readonly ArchiveItem[],
  at: Date,
): AsyncGenerator<Buffer> {
  const given = items.filter(({ verdict }) => verdict !== 'withheld');
  const withheld = items.filter(({ verdict }) => verdict === 'withheld');
  const placed = given.map((item, index) => ({ item, path: pathOf(item, index) }));
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: Error) => {
    output.destroy(error);
  };
  zip.on('error', fail);
  const add = (path: string, source: Source) => {
    zip.addReadStreamLazy(path, { mtime: at, compress: !isPacked(path) }, (done) => {
      Promise.resolve(source()).then((content) => {
        done(null, Readable.from(content).on('error', fail));
      }, fail);
    });
  };
  add('index.html', () =>
    once(async () => {
      const shown: { category: string; item: IndexItem }[] = [];
      for (const one of placed) {
        shown.push({ category: one.item.category, item: await shownOf(one) });
      }
      return indexPage(frame, {
        at,
        sections: [
          ...frame.sections,
          ...[...new Set(given.map(({ category }) => category))]
            .filter((category) => !frame.sections.some(({ id }) => id === category))
            .map((category) => sectionOf(frame, category)),
        ].map((section) => ({
          ...section,
          items: shown.filter(({ category }) => category === section.id).map(({ item }) => item),
        })),
        withheld: withheld.map(({ name, category, reason }) => ({
          name,
          section: sectionOf(frame, category).name,
          reason: reason ?? '',
        })),
      });
    }),
  );
  add('data.json', () => dataOf(frame, placed));
  add('schema.json', () => once(() => schemaFile(placed)));
  for (const { item, path } of placed) {
    add(
      path,
      item.kind === 'records'
        ? () => once(async () => recordsAsCsv(await recordsOf(item)))
        : async () => (await item.open()).content,
    );
  }
  zip.end();
  yield* output as AsyncIterable<Buffer>;
}
