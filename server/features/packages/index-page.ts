import { readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import { templatesFolder } from '../../folders.ts';
import { languageOf } from '../../language.ts';
import type { UndisclosedKind } from '../../../config/undisclosed.ts';
import type { ItemKind } from './model.ts';
import type { DataRecord } from './records.ts';
import type { PackageFrame, PackageSection } from './schema.ts';

export interface IndexItem {
  name: string;
  kind: ItemKind;
  /** In the archive. */
  path: string;
  count: number | null;
  /** Bytes. */
  size: number;
  held: readonly UndisclosedKind[];
  fields: readonly string[];
  records: readonly DataRecord[];
}

export interface IndexContents {
  at: Date;
  sections: readonly (PackageSection & { items: readonly IndexItem[] })[];
  withheld: readonly { name: string; section: string; reason: string }[];
}

interface HelperOptions {
  hash: Record<string, unknown>;
  data: { root: { lang: string } };
}

const handlebars = Handlebars.create();
handlebars.registerHelper({
  t: (key: string, { hash, data }: HelperOptions) => languageOf(data.root.lang).t(key, hash),
});
const template = handlebars.compile(
  readFileSync(path.join(templatesFolder, 'package/index.hbs'), 'utf8'),
);

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : value === null || value === undefined
      ? '–'
      : typeof value === 'object'
        ? JSON.stringify(value)
        : (value as number | boolean).toString();

/** The page of an answer that a person reads, on a phone too; it needs no network and no script. */
export function indexPage(frame: PackageFrame, { at, sections, withheld }: IndexContents): string {
  const language = languageOf(frame.language);
  const facts = (section: PackageSection) =>
    (
      [
        ['sources', section.sources],
        ['purposes', section.purposes],
        ['recipients', section.recipients],
        ['retention', section.retention === '' ? [] : [section.retention]],
        ['transfers', section.transfers],
      ] as const
    )
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => ({ term: language.t(`package.fact.${name}`), values }));
  return template({
    lang: language.code,
    dir: language.direction,
    ...frame,
    day: language.day(at.toISOString().slice(0, 10)),
    withheld,
    sections: sections.map((section, index) => ({
      anchor: `section-${index + 1}`,
      name: section.name === '' ? language.t('package.more') : section.name,
      facts: facts(section),
      isEmpty: section.items.length === 0,
      items: section.items.map((item) => ({
        name: item.name,
        path: item.path.split('/').map(encodeURIComponent).join('/'),
        isDocument: item.kind === 'document',
        held: item.held.map((kind) => language.t(`package.held.${kind}`)),
        countText: item.count === null ? '' : language.t('package.records', { count: item.count }),
        more:
          item.count !== null && item.count > item.records.length
            ? language.t('package.moreRecords', { count: item.records.length })
            : '',
        records: item.records.map((record) =>
          item.fields.map((field) => ({ field, value: textOf(record[field]) })),
        ),
      })),
    })),
  });
}
