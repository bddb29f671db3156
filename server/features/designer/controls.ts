import type { Language } from '../../language.ts';
import type { ConfigurationContent } from '../consent/service.ts';
import type { PreviewQuery } from './schema.ts';

/** What a form holds while it is filled in: what is stored, or what was typed with a sentence per wrong field. */
export interface Filling {
  language: Language;
  /** Null while nothing was typed. */
  typed: Record<string, unknown> | null;
  errors: Record<string, string>;
}

/** What is designed, and where its forms begin. */
export interface Designed {
  content: ConfigurationContent;
  designUrl: string;
}

/** One thing of a form as its page shows it; exactly one member says which. */
export type Control =
  | { field: object }
  | { row: object[] }
  | { checkbox: object }
  | { choices: object }
  | { own: { field: object; ours: string | null; reset: string } }
  | { notice: { tone: string; text: string } }
  | { text: string };

export interface Panel {
  id: string;
  heading: string;
  text?: string | undefined;
  controls: Control[];
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;

const textOf = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

interface More {
  /** A sentence of `designer.hint`, where it is not that of the field's own name. */
  hint?: string;
  label?: string;
  [attribute: string]: unknown;
}

/** Makes the controls of one form, and gathers what is wrong for the summary above it. */
export function controlsOf({ language, typed, errors }: Filling) {
  const wrong: { href: string; text: string }[] = [];
  const { t, has } = language;

  const describe = (path: readonly string[], more: More) => {
    const [name = ''] = path;
    const label = more.label ?? t(`designer.field.${name}`);
    const hint =
      more.hint ?? (has(`designer.hint.${name}`) ? t(`designer.hint.${name}`) : undefined);
    const error = errors[path.join('.')];
    const id = path.join('-');
    if (error !== undefined) wrong.push({ href: `#${id}`, text: `${label}: ${error}` });
    return {
      ...more,
      id,
      name: path.map((part, at) => (at === 0 ? part : `[${part}]`)).join(''),
      label,
      hint,
      error,
    };
  };

  const valueOf = (path: readonly string[], stored: unknown): unknown =>
    typed ? path.reduce<unknown>(memberOf, typed) : stored;

  /** An input. `path` leads to its value in the body: `title`, `de` is `title[de]`. */
  const input = (path: readonly string[], stored: string | number | null, more: More = {}) => ({
    ...describe(path, more),
    value: textOf(valueOf(path, stored)),
  });

  return {
    wrong,
    input,
    field: (path: readonly string[], stored: string | number | null, more: More = {}): Control => ({
      field: input(path, stored, more),
    }),
    area: (path: readonly string[], stored: string, more: More = {}): Control => ({
      field: input(path, stored, { kind: 'textarea', rows: 3, ...more }),
    }),
    checkbox: (name: string, stored: boolean, more: More = {}): Control => ({
      checkbox: {
        ...describe([name], more),
        checked: typed ? typed[name] === 'yes' : stored,
      },
    }),
    /** Radio cards; with `multiple`, checkboxes. */
    choices: (
      name: string,
      stored: string | readonly string[],
      options: { value: string; title: string; description?: string; disabled?: boolean }[],
      more: More = {},
    ): Control => {
      const chosen = [valueOf([name], stored) ?? []].flat() as unknown[];
      const { label, ...described } = describe([name], more);
      return {
        choices: {
          ...described,
          name,
          legend: label,
          options: options.map((option) => ({
            ...option,
            checked: chosen.includes(option.value),
          })),
        },
      };
    },
  };
}

/** Something that a page lists beside its form. */
export interface Listing {
  id: string;
  heading: string;
  text?: string | undefined;
  /** The table as `data-table` takes it; null while there is nothing to list. */
  table: object | null;
  empty?: string | undefined;
  /** A form that leads on: a choice and a button, sent by GET. */
  pick?: object | null;
  action?: { href: string; label: string } | null;
}

export const designSections = [
  'overview',
  'purposes',
  'words',
  'look',
  'law',
  'technical',
] as const;
export type DesignSection = (typeof designSections)[number];

/** What a section's form adds to the page of the designer. */
export interface FormModel {
  section: DesignSection;
  /** Heading of the form, where it is not that of the section. */
  heading?: string;
  intro?: string;
  /** The page that this one belongs to. */
  up?: { href: string; label: string };
  /** What its preview shows at first. */
  preview?: PreviewQuery;
  wrong: { href: string; text: string }[];
  panels: Panel[];
  listings?: Listing[];
  /** A form that takes something away: `confirm`. */
  removal?: object | null;
}
