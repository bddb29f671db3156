import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { AuditModel } from '../../server/features/audit/model.ts';
import { currentConfiguration, hashOf } from '../../server/features/consent/service.ts';
import { draftOf } from '../../server/features/designer/service.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { aChoice, sendChoice } from '../support/consent.ts';
import { aTypedService, aVersion, seenNow, typedLaw } from '../support/designs.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

describe('The designer', () => {
  useApp();
  let organization: Organization;
  let officer: Client;
  let colleague: Client;
  let auditor: Client;
  let site: SiteRow;
  let base: string;
  let design: string;
  before(async () => {
    organization = await anOrganization();
    officer = await clientOf(organization, 'privacy-officer');
    colleague = await clientOf(organization, 'administrator');
    auditor = await clientOf(organization, 'auditor');
  });
  beforeEach(async () => {
    site = await aSite(organization);
    base = `/o/${organization.slug}/consent/sites/${site._id.toHexString()}`;
    design = `${base}/design`;
  });

  const save = async (part: string, fields: Record<string, string | string[]>, who = officer) =>
    who.submit(`${design}/${part}`, { seen: await seenNow(site), ...fields });
  const look = { position: 'box', corner: 'end', theme: 'dark', accent: '#0B6E4F' };
  const publish = async (fields: Record<string, string> = {}) => {
    const { version } = await currentConfiguration(site);
    const seen = await seenNow(site);
    return officer.submit(
      design,
      { seen, version: String(version), note: '', ...fields },
      `${design}/publish`,
    );
  };
  const contentOf = async () => (await draftOf(site)).content;

  it('prepares what visitors do not see before it is published', async () => {
    expect((await save('look', look)).text).to.contain('Saved to the draft.');
    expect((await contentOf()).look).to.deep.equal({ ...look, accent: '#0b6e4f' });
    const { version, content } = await currentConfiguration(site);
    expect([version, content.look.theme]).to.deep.equal([1, 'auto']);
    const script = () => new Client().get(`/c/${site.siteKey}.js`);
    expect((await script()).text).not.to.contain('#0b6e4f');

    const { text } = await publish({ note: 'Our green.' });
    expect(text).to.contain('Published.');
    const published = await currentConfiguration(site);
    expect([published.version, published.note]).to.deep.equal([2, 'Our green.']);
    expect(published.content.look.accent).to.equal('#0b6e4f');
    expect((await script()).text).to.contain('#0b6e4f');
    expect((await draftOf(site)).savedAt).to.equal(null);
    const entries = await AuditModel.find({
      organizationId: organization._id,
      targetId: site._id.toHexString(),
    })
      .sort({ _id: 1 })
      .lean();
    expect(entries.map(({ action }) => action).slice(-2)).to.deep.equal([
      'consent.draft-saved',
      'consent.configuration-published',
    ]);
  });

  it('saves each of its parts', async () => {
    await save('purposes', { categories: ['analytics'] });
    await save('categories/analytics', { 'title[en]': 'Statistics', 'description[en]': '' });
    await save('services/new', aTypedService);
    await save('words', { languages: ['en', 'fr'], first: 'fr' });
    await save('words/en/opt-in', { 'texts[title]': 'We ask first', 'texts[save]': '' });
    await save('law', {
      ...typedLaw,
      regimeMode: 'strictest',
      minimumAge: '16',
      honoursDnt: 'yes',
    });
    await save('law/ccpa', { model: 'opt-in', refusalDays: '400', entries: ['sell', 'limit'] });
    const technical = {
      cookieDomain: 'Example.org',
      allowed: 'a.test\nb.test',
      'cookies[analytics]': '_x _y*',
    };
    const saved = await save('technical', technical);
    expect(saved.text).to.contain('Saved to the draft.');

    const content = await contentOf();
    expect(content.categories.map(({ id }) => id)).to.deep.equal(['necessary', 'analytics']);
    expect(content.texts.en!.categories.analytics.title).to.equal('Statistics');
    expect(content.texts.en!.categories.analytics.description).to.contain('Counts visits');
    const [service] = content.services;
    expect(service).to.deep.include({ id: 'acme-statistics', domains: ['stats.acme.test'] });
    expect(service!.cookies).to.deep.equal([
      { name: '_acme', kind: 'cookie', days: 30, purpose: {} },
    ]);
    expect(content.languages).to.deep.equal(['fr', 'en']);
    const { title, save: button } = content.texts.en!.models['opt-in'];
    expect([title, button]).to.deep.equal(['We ask first', 'Save choices']);
    expect(content).to.deep.include({
      regimeMode: 'strictest',
      minimumAge: 16,
      honoursDnt: true,
      cookieDomain: 'example.org',
      allowed: ['a.test', 'b.test'],
      blocksTrackers: false,
    });
    expect(content.cookies.analytics).to.deep.equal(['_x', '_y*']);
    const ccpa = content.laws.find(({ regime }) => regime === 'ccpa');
    // This one the law asks for, so the form has no switch for it.
    expect(ccpa).to.deep.include({ model: 'opt-in', honoursGpc: true, refusalDays: 400 });
  });

  it('speaks languages that no page has, each in its own direction', async () => {
    await save('words', { languages: ['en', 'ar', 'pt-BR'], first: 'en' });
    const form = await officer.get(`${design}/words/ar/opt-in`);
    expect(form.text).to.contain('lang="ar" dir="rtl"');
    expect(form.text).to.match(/<iframe[^>]* src="[^"]*sample\?language(?:=|&#x3D;)ar&/u);
    await save('words/pt-BR/opt-in', { 'texts[title]': 'Você escolhe', 'texts[body]': '' });
    await save('categories/analytics', { 'title[en]': '', 'title[pt-BR]': 'Audiência' });
    const sample = await officer.get(`${design}/sample?language=ar`);
    expect(sample.text).to.contain('<html lang="en"').and.to.contain('رفض الكل');
    expect((await publish()).text).to.contain('Published.');

    const script = (wanted: string) =>
      new Client({ 'accept-encoding': 'identity' }).get(`/c/${site.siteKey}.js`, {
        'accept-language': wanted,
      });
    const arabic = await script('ar-EG,en;q=0.5');
    expect(arabic.headers.get('content-language')).to.equal('ar');
    expect(arabic.text).to.contain('direction:"rtl"').and.to.contain('رفض الكل');
    const brazilian = await script('pt');
    expect(brazilian.headers.get('content-language')).to.equal('pt-BR');
    expect(brazilian.text).to.contain('Você escolhe').and.to.contain('Recusar tudo');
    const [, version = ''] = /version:"([^"]+)"/u.exec(brazilian.text) ?? [];
    const dialog = await new Client().get(`/c/${site.siteKey}/${version}/pt-BR/gdpr/dialog.js`);
    expect(dialog.text).to.contain('Audiência');
  });

  it('adds a service of the catalogue with what is known of it', async () => {
    const { text } = await officer.get(`${design}/services/new?known=youtube`);
    expect(text).to.contain('Google Ireland Limited').and.contain('VISITOR_INFO1_LIVE cookie 180');
    expect(text).to.contain('Spielt Videos auf dieser Website ab.');
  });

  it('takes a service out again, and adds none twice by a double click', async () => {
    const _csrf = await officer.token(`${design}/services/new`);
    const fields = { _csrf, seen: await seenNow(site), ...aTypedService };
    await officer.post(`${design}/services/new`, fields);
    await officer.post(`${design}/services/new`, fields);
    expect((await contentOf()).services).to.have.length(1);
    const page = `${design}/services/acme-statistics`;
    await officer.submit(page, { seen: await seenNow(site) }, `${page}/remove`);
    expect((await contentOf()).services).to.deep.equal([]);
    expect((await officer.get(page)).status).to.equal(404);
  });

  it('puts one text back to our own words', async () => {
    await save('words/en/opt-in', { 'texts[title]': 'We ask first', 'texts[close]': 'Shut' });
    await save('words/en/opt-in', {
      'texts[title]': 'We ask first',
      'texts[close]': 'Shut',
      reset: 'title',
    });
    const { title, close } = (await contentOf()).texts.en!.models['opt-in'];
    expect([title, close]).to.deep.equal(['Your privacy, your choice', 'Shut']);
  });

  it('shows a form again with what was typed and what is wrong', async () => {
    const wrong = await save('look', { ...look, accent: 'red"><b>' });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain('value="red&quot;&gt;&lt;b&gt;"').and.contain('href="#accent"');
    const service = await save('services/new', {
      ...aTypedService,
      domains: 'http://x',
      cookies: 'a b c',
    });
    expect(service.status).to.equal(422);
    expect(service.text).to.contain('href="#domains"').and.contain('href="#cookies"');
    expect(service.text).to.contain('Acme Ltd');
  });

  describe('with two people at once', () => {
    it('lets one win, tells the other, and loses nothing that was typed', async () => {
      const seen = await seenNow(site);
      await officer.submit(`${design}/look`, { seen, ...look });
      const late = await colleague.submit(`${design}/look`, { seen, ...look, accent: '#123456' });
      expect(late.status).to.equal(409);
      expect(late.text)
        .to.contain('Somebody else saved this meanwhile')
        .and.contain('value="#123456"');
      expect((await contentOf()).look.accent).to.equal('#0b6e4f');
      const again = /name="seen" value="([^"]+)"/u.exec(late.text)?.[1] ?? '';
      await colleague.submit(`${design}/look`, { seen: again, ...look, accent: '#123456' });
      expect((await contentOf()).look.accent).to.equal('#123456');
    });

    it('keeps both, where they work on different parts', async () => {
      const seen = await seenNow(site);
      await officer.submit(`${design}/look`, { seen, ...look });
      const other = await colleague.submit(`${design}/law`, {
        seen,
        ...typedLaw,
        minimumAge: '16',
      });
      expect(other.text).to.contain('Saved to the draft.');
      const { look: kept, minimumAge } = await contentOf();
      expect([kept.theme, minimumAge]).to.deep.equal(['dark', 16]);
    });

    it('keeps a typed service whose adding came too late', async () => {
      const seen = await seenNow(site);
      await officer.submit(`${design}/services/new`, { seen, ...aTypedService });
      const other = { seen, ...aTypedService, name: 'Other statistics' };
      const late = await colleague.submit(`${design}/services/new`, other);
      expect(late.status).to.equal(409);
      expect(late.text).to.contain('value="Other statistics"');
    });

    it('makes one draft of two first savings at the same moment', async () => {
      const seen = await seenNow(site);
      const [one, other] = await Promise.all([
        officer.submit(`${design}/look`, { seen, ...look }),
        colleague.submit(`${design}/law`, { seen, ...typedLaw, minimumAge: '16' }),
      ]);
      expect([one.status, other.status]).to.deep.equal([200, 200]);
      const { look: kept, minimumAge } = await contentOf();
      expect([kept.theme, minimumAge]).to.deep.equal(['dark', 16]);
    });

    it('publishes only what was seen', async () => {
      await save('look', look);
      const seen = await seenNow(site);
      await save('law', { ...typedLaw, minimumAge: '16' }, colleague);
      expect((await publish({ seen, note: 'Typed' })).status).to.equal(409);
      await aVersion(site);
      const late = await publish({ version: '1', note: 'Typed' });
      expect(late.status).to.equal(409);
      expect(late.text).to.contain('nothing was published').and.contain('>Typed</textarea>');
      expect((await currentConfiguration(site)).version).to.equal(2);
    });

    it('is told when a draft is older than the version in force', async () => {
      await save('look', look);
      await aVersion(site);
      expect((await officer.get(design)).text).to.contain(
        'was published after this draft was begun',
      );
    });
  });

  it('offers no words for a button that visitors do not meet', async () => {
    const { text } = await officer.get(`${design}/words/en/notice`);
    expect(text).to.contain('id="texts-refuseAll"').and.not.contain('id="texts-acceptAll"');
  });

  it('publishes nothing that hides refusing, and names what is missing', async () => {
    await save('words/en/opt-in', { 'texts[acceptAll]': 'Yes', 'texts[refuseAll]': 'yes.' });
    const { text } = await officer.get(design);
    expect(text).to.contain('First put right: English, Opt-in: two buttons have the same words.');
    expect(text).to.contain(`href="${design}/words/en/opt-in#texts-refuseAll"`);
    const refused = await publish();
    expect(refused.status).to.equal(409);
    expect(refused.text).to.contain('Something is missing');
    expect((await currentConfiguration(site)).version).to.equal(1);
  });

  it('drops a draft', async () => {
    await save('look', look);
    await officer.submit(design, { seen: await seenNow(site) }, `${design}/discard`);
    expect((await draftOf(site)).savedAt).to.equal(null);
    expect((await contentOf()).look.theme).to.equal('auto');
  });

  it('changes nothing for those who may only read', async () => {
    const page = await auditor.get(`${design}/look`);
    expect(page.text).to.contain('not change it').and.contain('disabled');
    const _csrf = await auditor.token('/staff/account');
    const fields = { _csrf, seen: '1-0', ...look };
    expect((await auditor.post(`${design}/look`, fields)).status).to.equal(403);
    const stranger = await clientOf(await anOrganization(), 'administrator');
    expect((await stranger.get(design)).status).to.equal(404);
  });

  describe('its preview', () => {
    it('speaks with the draft’s words, for a region and language, and sends nothing', async () => {
      await save('words/de/opt-in', { 'texts[title]': 'Wir fragen zuerst' });
      const { text, headers } = await officer.get(
        `${design}/sample?region=DE&language=de&theme=dark`,
      );
      expect(text)
        .to.contain('Wir fragen zuerst')
        .and.contain('regime:"gdpr"')
        .and.contain('theme:"dark"');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).to.contain("connect-src 'none'").and.contain('sandbox allow-scripts');
      expect(policy).to.contain("frame-ancestors 'self'");
      expect(headers.get('x-frame-options')).to.equal('SAMEORIGIN');
      const american = await officer.get(`${design}/sample?region=US`);
      expect(american.text).to.contain('model:"opt-out"');
    });

    it('makes no record, whatever sends a choice for it', async () => {
      await save('look', look);
      const hash = hashOf(site.siteKey, 0, await contentOf());
      const choice = await aChoice(site, { configurationHash: hash });
      expect((await sendChoice(site, choice)).status).to.equal(422);
    });
  });

  describe('its versions', () => {
    it('are compared in readable words', async () => {
      await save('words/en/opt-in', { 'texts[title]': 'We ask first' });
      await save('services/new', aTypedService);
      await publish();
      const { text } = await officer.get(`${base}/versions/compare?from=1&to=2`);
      expect(text).to.contain('2 differences').and.contain('Heading (English, Opt-in)');
      expect(text).to.contain('Your privacy, your choice').and.contain('We ask first');
      expect(text).to.contain('Service Acme Statistics');
      expect((await officer.get(`${base}/versions/compare?from=1&to=9`)).status).to.equal(404);
    });

    it('are published again as new ones, and stay as they were', async () => {
      const first = await currentConfiguration(site);
      await aVersion(site, {
        look: { position: 'box', corner: 'end', theme: 'dark', accent: null },
      });
      const page = `${base}/versions/1`;
      const reply = await officer.submit(
        page,
        { version: '2', note: 'Too dark.' },
        `${page}/restore`,
      );
      expect(reply.text).to.contain('Published again as a new version.');
      const current = await currentConfiguration(site);
      expect([current.version, current.content.look.theme]).to.deep.equal([3, 'auto']);
      expect(current.hash).not.to.equal(first.hash);
      const late = await officer.submit(
        `${base}/versions/2`,
        { version: '2' },
        `${base}/versions/2/restore`,
      );
      expect(late.status).to.equal(409);
    });

    it('are not published again where they hide refusing, but may become the draft', async () => {
      const { content } = await currentConfiguration(site);
      const texts = structuredClone(content.texts);
      texts.en!.models['opt-in'].refuseAll = texts.en!.models['opt-in'].acceptAll;
      await aVersion(site, { texts });
      await aVersion(site, { texts: content.texts });
      const page = `${base}/versions/2`;
      expect((await officer.get(page)).text).to.contain('Why it cannot be published again');
      const refused = await officer.submit(page, { version: '3', note: '' }, `${page}/restore`);
      expect(refused.status).to.equal(409);
      await officer.submit(page, { seen: await seenNow(site) }, `${page}/draft`);
      expect((await contentOf()).texts.en!.models['opt-in'].refuseAll).to.equal('Accept all');
    });
  });

  describe('its look at a website', () => {
    let server: Server;
    let origin: string;
    let answer: { status?: number; headers?: Record<string, string>; html?: string };
    before(async () => {
      server = createServer((_req, res) => {
        const { status = 200, headers = {}, html = '' } = answer;
        res.writeHead(status, { 'content-type': 'text/html', ...headers }).end(html);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.close());

    it('reads the page and says what is right and what is not', async () => {
      const here = await aSite(organization, [origin]);
      const page = `/o/${organization.slug}/consent/sites/${here._id.toHexString()}/installation`;
      const tag = /value="(&lt;script[^"]+)"/u.exec((await officer.get(page)).text)?.[1] ?? '';
      const plain = tag
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#x3D;', '=');
      answer = { html: `<!doctype html><html><head>${plain}</head></html>` };
      expect((await officer.submit(page, { origin, path: '/' })).text).to.contain(
        'Everything is as it should be',
      );
      answer = { html: '<head><script src="https://connect.facebook.net/x.js"></script></head>' };
      const wrong = await officer.submit(page, { origin, path: '/' });
      expect(wrong.text).to.contain('The tag of the banner is not in the page');
      answer = { status: 302, headers: { location: 'http://169.254.169.254/latest' } };
      const away = await officer.submit(page, { origin, path: '/' });
      expect(away.text).to.contain('The page leads on to 169.254.169.254');
      const other = await officer.submit(page, { origin: 'https://other.example', path: '/' });
      expect(other.status).to.equal(422);
    });
  });
});

describe('What a new site offers', () => {
  useApp();
  it('are the categories of its organisation’s kind', async () => {
    const clinic = await anOrganization({ cookieCategories: ['necessary', 'analytics'] });
    const { content } = await currentConfiguration(await aSite(clinic));
    expect(content.categories.map(({ id }) => id)).to.deep.equal(['necessary', 'analytics']);
  });
});
