import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import { templatesFolder } from '../folders.ts';
import { languageOf } from '../language.ts';
import { textOf } from './plain-text.ts';

/** A mail as it is written: one source gives all three. */
export interface ComposedMail {
  subject: string;
  html: string;
  text: string;
}

/** What a template says beside its body, each in a `{{#part '…'}}` block. */
type Part = 'subject' | 'preheader' | 'reason';

interface Root {
  lang: string;
  parts: Partial<Record<Part, string>>;
}

interface HelperOptions {
  hash: Record<string, unknown>;
  fn: (context: unknown) => string;
  data: { root: Root };
}

const helpers = {
  t: (key: string, { hash, data }: HelperOptions) => languageOf(data.root.lang).t(key, hash),
  eq: (a: unknown, b: unknown) => a === b,
  part(this: unknown, name: Part, { fn, data }: HelperOptions) {
    data.root.parts[name] = textOf(fn(this));
    return '';
  },
};

const options: CompileOptions = { preventIndent: true, explicitPartialContext: true };
const read = (file: string) => readFileSync(path.join(templatesFolder, file), 'utf8');

/** Handlebars with the mail partials of one folder: the same body becomes HTML with one, text with the other. */
function writer(partialsFolder: string) {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpers);
  for (const file of readdirSync(path.join(templatesFolder, partialsFolder))) {
    if (!file.startsWith('email-')) continue;
    handlebars.registerPartial(path.parse(file).name, read(`${partialsFolder}/${file}`));
  }
  return (source: string) => handlebars.compile(source, options);
}

const [toHtml, toText] = [writer('partials'), writer('emails/text')];
const htmlFrame = toHtml(read('layouts/email.hbs'));
const textFrame = toText(read('emails/text/frame.hbs'));

const templates = new Map(
  readdirSync(path.join(templatesFolder, 'emails'))
    .filter((file) => file.endsWith('.hbs'))
    .map((file) => {
      const source = read(`emails/${file}`);
      return [path.parse(file).name, { html: toHtml(source), text: toText(source) }] as const;
    }),
);

/** The names of all mails that can be written. */
export const mailTemplates: readonly string[] = [...templates.keys()].sort();

/**
 * Writes the mail of `templates/emails/<template>.hbs` in a language: its subject, its HTML inside
 * `layouts/email.hbs`, and the same as plain text. Values of the model are always text, never markup.
 * @throws Error for a template or a text that does not exist, or a template without a subject.
 */
export function composeMail(template: string, language: string, model: object): ComposedMail {
  const written = templates.get(template);
  if (!written) throw new Error(`There is no mail ${template}.`);
  const { code: lang, direction: dir } = languageOf(language);
  const parts: Root['parts'] = {};
  const context = { ...model, lang, dir, parts };
  const body = written.html(context);
  const plainBody = textOf(written.text(context));
  if (parts.subject === undefined) throw new Error(`The mail ${template} has no subject.`);
  const frame = { ...context, ...parts, title: parts.subject };
  return {
    subject: parts.subject.replace(/\s+/gu, ' '),
    html: htmlFrame({ ...frame, body }).replace(/^\{\{!--.*?--\}\}\s*/su, ''),
    text: `${plainBody}\n\n${textOf(textFrame(frame))}\n`,
  };
}
