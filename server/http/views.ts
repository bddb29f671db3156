import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { RequestHandler } from 'express';
import { templatesFolder } from '../folders.ts';
import { languageOf } from '../language.ts';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

interface Asset {
  url: string;
  type: string;
  content: Buffer;
}

function readAssets(): Map<string, Asset> {
  const folder = path.join(templatesFolder, 'assets');
  const contents = new Map<string, Buffer>();
  const styles: Buffer[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.css')) styles.push(readFileSync(path.join(folder, file)));
    else if (TYPES[path.extname(file)] !== undefined) {
      contents.set(file, readFileSync(path.join(folder, file)));
    }
  }
  // In name order: no sheet overrides another.
  contents.set('app.css', Buffer.concat(styles));
  return new Map(
    [...contents].map(([file, content]) => {
      const { name, ext } = path.parse(file);
      const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12);
      return [file, { url: `/assets/${name}.${hash}${ext}`, type: TYPES[ext] ?? '', content }];
    }),
  );
}

const assets = readAssets();
const assetsByUrl = new Map([...assets.values()].map((asset) => [asset.url, asset]));

/** Serves styles, scripts and pictures under names that change with their content. */
export const serveAssets: RequestHandler = (req, res, next) => {
  const asset = assetsByUrl.get(req.path);
  if (!asset || (req.method !== 'GET' && req.method !== 'HEAD')) {
    next();
    return;
  }
  res.set('Cache-Control', 'public, max-age=31536000, immutable').type(asset.type);
  res.send(asset.content);
};

const views = Handlebars.create();
const options: CompileOptions = {
  strict: false,
  knownHelpersOnly: false,
  preventIndent: true,
  explicitPartialContext: true,
};

function readTemplates(folder: string, prefix = ''): Map<string, Handlebars.TemplateDelegate> {
  const found = new Map<string, Handlebars.TemplateDelegate>();
  for (const entry of readdirSync(path.join(templatesFolder, folder, prefix), {
    withFileTypes: true,
  })) {
    const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) {
      for (const [key, template] of readTemplates(folder, name)) found.set(key, template);
    } else if (name.endsWith('.hbs')) {
      const source = readFileSync(path.join(templatesFolder, folder, name), 'utf8');
      found.set(name.replace(/\.hbs$/u, ''), views.compile(source, options));
    }
  }
  return found;
}

interface HelperOptions {
  hash: Record<string, unknown>;
  data: { root: { lang: string } };
}

views.registerHelper({
  t: (key: string, { hash, data }: HelperOptions) => languageOf(data.root.lang).t(key, hash),
  asset: (file: string) => {
    const asset = assets.get(file);
    if (!asset) throw new Error(`There is no asset ${file}.`);
    return asset.url;
  },
  eq: (a: unknown, b: unknown) => a === b,
  not: (a: unknown) => a === undefined || a === null || a === false || a === '' || a === 0,
  or: (...args: unknown[]) => args.slice(0, -1).find(Boolean),
  and: (...args: unknown[]) => args.slice(0, -1).every(Boolean),
});
for (const [name, template] of readTemplates('partials')) views.registerPartial(name, template);
const pages = readTemplates('pages');
const layouts = readTemplates('layouts');

/** Renders a page of `templates/pages` inside a layout. `lang` in the model picks the texts. */
export function renderPage(
  page: string,
  layout: string,
  model: { lang: string } & Record<string, unknown>,
): string {
  const template = pages.get(page);
  const frame = layouts.get(layout);
  if (!template || !frame) throw new Error(`There is no page ${page} or layout ${layout}.`);
  const title = model.title ?? languageOf(model.lang).t(`${page.replaceAll('/', '.')}.title`);
  const whole = { ...model, title };
  return frame({ ...whole, body: template(whole) });
}
