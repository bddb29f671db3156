import { expect } from 'chai';
import { inspectPage } from '../../server/features/designer/installation.ts';
import { isTracker } from '../../server/features/designer/trackers.ts';
import { cpuSeconds } from '../support/cpu.ts';

const PAGE = 'https://www.example.org/shop/';
const TAG = '<script src="https://privacy.example.net/c/Key_1.js"></script>';

const faultsOf = (html: string, ...policies: string[]) =>
  inspectPage({ url: PAGE, html, policies }, 'Key_1', isTracker)
    .filter(({ isGood }) => isGood === false)
    .map(({ code }) => code);
const head = (inner: string) => `<!doctype html><html><head>${inner}</head><body></body></html>`;

describe('The look at a website', () => {
  const pages: [string, string, string[]][] = [
    ['the tag alone', head(TAG), []],
    [
      'the tag, quoted and spaced otherwise',
      head("<SCRIPT  SRC = 'https://privacy.example.net/c/Key_1.js'\n></SCRIPT>"),
      [],
    ],
    ['the tag on the site’s own address', head('<script src="/c/Key_1.js?lang=de"></script>'), []],
    ['no tag', head(''), ['no-tag']],
    ['a tag in a comment', head(`<!-- ${TAG} -->`), ['no-tag']],
    [
      'a tag in the text of a script',
      head(`<script>const tag = '${TAG.replace('</script>', '')}';</script>`),
      ['no-tag'],
    ],
    [
      'the tag of another site',
      head('<script src="https://privacy.example.net/c/other.js"></script>'),
      ['other-key'],
    ],
    ['the tag in the body', `<html><head></head><body>${TAG}</body></html>`, ['not-head']],
    ['a script before it', head(`<script>track()</script>${TAG}`), ['not-first']],
    ['data before it', head(`<script type="application/ld+json">{}</script>${TAG}`), []],
    [
      'a marked script before it',
      head(`<script type="text/plain" data-consent="analytics">x()</script>${TAG}`),
      [],
    ],
    [
      'a tracker before it',
      head(`<script async src="https://www.googletagmanager.com/gtag/js"></script>${TAG}`),
      ['not-first', 'trackers-before'],
    ],
    ['async', head(TAG.replace('src', 'async src')), ['late']],
    ['a module', head(TAG.replace('src', 'type="module" src')), ['late']],
    ['a tag that waits for itself', head(TAG.replace('src', 'type="text/plain" src')), ['inert']],
    [
      'another consent manager',
      head(`${TAG}<script src="https://consent.cookiebot.com/uc.js"></script>`),
      ['other-manager'],
    ],
  ];
  // What would take minutes to read if every beginning were followed to the end of the page.
  const long = 200_000;
  const hostile: [string, string][] = [
    ['comments that never end', '<!--'.repeat(long)],
    ['scripts that never end', '<script>'.repeat(long)],
    ['tags that never end', '<script '.repeat(long)],
    ['quotes that never end', `<script src="'`.repeat(long)],
    ['white space', `<script${' '.repeat(long * 4)}`],
    ['more scripts than anybody needs', '<script src="/a.js"></script>'.repeat(long / 2)],
  ];
  for (const [what, html] of hostile) {
    it(`reads ${what} as fast as anything else`, async () => {
      const page = { url: PAGE, html, policies: [] };
      expect(await cpuSeconds(() => inspectPage(page, 'Key_1', isTracker))).to.be.below(10);
    });
  }

  for (const [what, html, faults] of pages) {
    it(`finds ${faults.join(', ') || 'nothing wrong'} for ${what}`, () => {
      expect(faultsOf(html)).to.deep.equal(faults);
    });
  }

  const policies: [string, string, string[]][] = [
    [
      'names our origin',
      "script-src 'self' https://privacy.example.net; connect-src https://privacy.example.net",
      [],
    ],
    ['allows all below a domain', 'default-src *.example.net', []],
    ['allows a scheme', 'default-src https:', []],
    ['names a path', 'script-src https://privacy.example.net/c/; connect-src *', []],
    ['has the nonce of the tag', "script-src 'nonce-abc' 'strict-dynamic'; connect-src *", []],
    ['trusts its own scripts alone', "script-src 'self'; connect-src *", ['policy-blocks-script']],
    [
      'counts addresses for nothing',
      "script-src https: 'strict-dynamic'; connect-src *",
      ['policy-blocks-script'],
    ],
    ['lets nothing be sent', "script-src https:; connect-src 'self'", ['policy-blocks-connect']],
    ['allows nothing', "default-src 'none'", ['policy-blocks-script', 'policy-blocks-connect']],
    [
      'is one of two that agree less',
      "default-src https:, script-src 'self'",
      ['policy-blocks-script'],
    ],
    ['speaks of pictures', "img-src 'self'", []],
  ];
  for (const [what, policy, faults] of policies) {
    it(`finds ${faults.join(', ') || 'nothing wrong'} with a policy that ${what}`, () => {
      const html = head(TAG.replace('src', 'nonce="abc" src'));
      expect(faultsOf(html, policy)).to.deep.equal(faults);
      const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
      if (!policy.includes(',')) {
        expect(faultsOf(html.replace('<head>', `<head>${meta}`))).to.deep.equal(faults);
      }
    });
  }
});
