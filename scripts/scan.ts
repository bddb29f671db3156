import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { categoryIds } from '../config/consent.ts';
import Joi from 'joi';
import type { Declaration, ScanReport, Trace } from '../server/scanner/report.ts';
import { openScanBrowser } from '../server/scanner/browser.ts';
import { scanSite } from '../server/scanner/scan.ts';

const MOST_MS = 60 * 60_000;

const USAGE = `Usage: npm run scan -- <url> [--pages 5] [--settle 1500] [--declaration file or url] [--json file]

Crawls a site in a real browser before consent, after refusing and after accepting, and lists what it
keeps and whom it calls. Ends with 1 when something broke the rules, 2 when the site could not be scanned.`;

const declared = Joi.object<Declaration>({
  cookies: Joi.array()
    .items(
      Joi.object({
        name: Joi.string().required(),
        category: Joi.valid(...categoryIds).required(),
      }).unknown(),
    )
    .required(),
  hosts: Joi.array()
    .items(
      Joi.object({
        host: Joi.string().required(),
        category: Joi.valid(...categoryIds).required(),
      }).unknown(),
    )
    .required(),
}).unknown();

async function readDeclaration(source: string | undefined): Promise<Declaration | null> {
  if (source === undefined) return null;
  const text = /^https?:/u.test(source)
    ? await (await fetch(source)).text()
    : await readFile(source, 'utf8');
  return Joi.attempt(JSON.parse(text), declared, { convert: false });
}

const lifeOf = ({ days, kind }: Trace) => {
  if (kind !== 'cookie') return '';
  return days === 0 || days === null ? 'session' : `${days} d`;
};

function print({ manager, canAccept, canRefuse, pages, traces, violations }: ScanReport): void {
  const banner = canAccept || canRefuse ? (manager ?? 'a banner that is not known') : 'no banner';
  console.log(`${pages.length} pages, ${banner}`);
  for (const { phase, kind, name, host, category, company, ...trace } of traces) {
    const about = [lifeOf({ phase, kind, name, host, category, company, ...trace }), company ?? ''];
    const where = kind === 'request' ? '' : host;
    console.log(
      [phase.padEnd(9), kind.padEnd(8), category.padEnd(12), name, where, ...about]
        .join('  ')
        .trimEnd(),
    );
  }
  console.log(violations.length === 0 ? '\nNothing broke the rules.' : '\nViolations');
  for (const { code, trace } of violations) {
    const what = trace ? `${trace.kind} ${trace.name} (${trace.category}) on ${trace.page}` : '';
    console.log(`  ${code.padEnd(15)} ${what}`.trimEnd());
  }
}

/** Scans as asked on the command line. Returns the exit code. */
async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pages: { type: 'string', default: '5' },
      settle: { type: 'string', default: '1500' },
      declaration: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const [url = ''] = positionals;
  const [pages, settleMs] = [Number(values.pages), Number(values.settle)];
  const isUsable = URL.canParse(url) && /^https?:/u.test(url) && pages >= 1 && settleMs >= 0;
  if (!isUsable || positionals.length !== 1) {
    console.error(USAGE);
    return 64;
  }
  const declaration = await readDeclaration(values.declaration);
  const browser = await openScanBrowser();
  try {
    const report = await scanSite(browser, { url, pages, settleMs, declaration, mostMs: MOST_MS });
    print(report);
    if (values.json !== undefined) await writeFile(values.json, JSON.stringify(report, null, 2));
    return report.violations.length > 0 ? 1 : 0;
  } finally {
    await browser.close();
  }
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
