import { consentManagers } from '../../../config/consent-managers.ts';
import { letsConnect, letsScriptRun, policiesIn } from './page-policy.ts';
import { tagsIn, type PageTag } from './page-tags.ts';

/** A page of the site as it was fetched. */
export interface FetchedPage {
  url: string;
  html: string;
  /** Values of its Content-Security-Policy headers. */
  policies: readonly string[];
}

/** One thing that was looked at. `isGood` is null where it is neither right nor wrong. */
export interface Check {
  /** The sentence `designer.check.<code>`. */
  code: string;
  isGood: boolean | null;
  about: Record<string, string>;
}

const JAVASCRIPT = /^(?:|module|(?:text|application)\/(?:x-)?(?:java|ecma)script)$/iu;

const runs = ({ name, attributes }: PageTag) =>
  name === 'script' && JAVASCRIPT.test(attributes.get('type')?.trim() ?? '');

function addressOf({ attributes }: PageTag, page: string): URL | null {
  const src = attributes.get('src')?.trim() ?? '';
  return src !== '' && URL.canParse(src, page) ? new URL(src, page) : null;
}

const keyIn = (address: URL | null) =>
  /\/c\/([\w-]{1,40})\.js$/u.exec(address?.pathname ?? '')?.[1];

const good = (code: string, about: Check['about'] = {}): Check => ({ code, isGood: true, about });
const bad = (code: string, about: Check['about'] = {}): Check => ({ code, isGood: false, about });

function checkPlace(tag: PageTag, before: readonly PageTag[], page: FetchedPage, isTracker: Knows) {
  const scripts = before.filter(runs);
  const trackers = scripts
    .map((script) => addressOf(script, page.url)?.hostname)
    .filter((host) => host !== undefined && isTracker(host));
  const isLate = ['async', 'defer'].some((name) => tag.attributes.has(name));
  const isModule = tag.attributes.get('type')?.toLowerCase() === 'module';
  return [
    tag.isInHead ? good('head') : bad('not-head'),
    scripts.length === 0 ? good('first') : bad('not-first', { number: String(scripts.length) }),
    ...(trackers.length === 0
      ? []
      : [bad('trackers-before', { hosts: [...new Set(trackers)].join(', ') })]),
    isLate || isModule ? bad('late') : good('at-once'),
  ];
}

function checkPolicy(tag: PageTag, address: URL, tags: readonly PageTag[], page: FetchedPage) {
  const metas = tags
    .filter(
      ({ name, attributes }) =>
        name === 'meta' &&
        attributes.get('http-equiv')?.toLowerCase() === 'content-security-policy',
    )
    .map(({ attributes }) => attributes.get('content') ?? '');
  const policies = policiesIn([...page.policies, ...metas]);
  if (policies.length === 0) return [{ code: 'policy-none', isGood: null, about: {} }];
  const here = new URL(page.url);
  const isRun = letsScriptRun(policies, address, here, tag.attributes.get('nonce'));
  const isSent = letsConnect(policies, new URL(address.origin), here);
  return [
    isRun ? good('policy-script') : bad('policy-blocks-script', { origin: address.origin }),
    isSent ? good('policy-connect') : bad('policy-blocks-connect', { origin: address.origin }),
  ];
}

type Knows = (host: string) => boolean;

/** Whether a page of a site carries the banner as it should: what is right, and what is not. */
export function inspectPage(page: FetchedPage, siteKey: string, isTracker: Knows): Check[] {
  const tags = tagsIn(page.html);
  const scripts = tags.filter(runs);
  const others = consentManagers
    .filter(([, part]) =>
      scripts.some((script) => addressOf(script, page.url)?.href.toLowerCase().includes(part)),
    )
    .map(([name]) => name);
  const manager =
    others.length === 0 ? [good('alone')] : [bad('other-manager', { names: others.join(', ') })];
  const at = tags.findIndex((tag) => keyIn(addressOf(tag, page.url)) === siteKey);
  const tag = tags[at];
  const address = tag && addressOf(tag, page.url);
  if (!tag || !address) {
    const foreign = scripts.map((script) => keyIn(addressOf(script, page.url))).find(Boolean);
    return [foreign === undefined ? bad('no-tag') : bad('other-key', { key: foreign }), ...manager];
  }
  if (!runs(tag)) return [bad('inert'), ...manager];
  const isProxied = address.origin === new URL(page.url).origin;
  return [
    good('tag'),
    ...checkPlace(tag, tags.slice(0, at), page, isTracker),
    ...checkPolicy(tag, address, tags, page),
    ...manager,
    { code: isProxied ? 'proxied' : 'not-proxied', isGood: isProxied ? true : null, about: {} },
  ];
}
