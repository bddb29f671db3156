import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  ChoiceRecord,
  DialogConfig,
  EmbedConfig,
  WidgetConfig,
} from '../../client-widget/types.ts';

/** The configuration of a fictional shop under the GDPR, with what a test wants otherwise. */
export function aConfiguration(overrides: Partial<WidgetConfig> = {}): WidgetConfig {
  return {
    version: '1-c0ffee',
    address: '',
    configurationHash: 'c0ffee',
    purposesHash: 'beef',
    model: 'opt-in',
    regime: 'gdpr',
    language: 'en',
    direction: 'ltr',
    honoursGpc: true,
    honoursDnt: false,
    cookieDays: 365,
    cookieDomain: null,
    renewAfterDays: 180,
    refusalDays: 180,
    policyUrl: '/privacy',
    links: [],
    ageHint: null,
    categories: ['preferences', 'analytics', 'marketing'],
    services: [],
    blocksTrackers: true,
    allowed: [],
    consentMode: true,
    group: [],
    countsPrompts: false,
    cookies: {},
    texts: {
      title: 'Your privacy, your choice',
      body: 'With your consent we use cookies to remember preferences, count visits and measure advertising. You can change your mind at any time.',
      acceptAll: 'Accept all',
      refuseAll: 'Refuse all',
      choose: 'Choose',
      close: 'Close',
      reopen: 'Privacy choices',
      saved: 'Your choice is saved.',
      unavailable: 'This could not be loaded. Please try again.',
      policy: 'Privacy notice',
      gpcHonoured:
        'Your browser sends Global Privacy Control. We honour it: analytics and marketing are off.',
    },
    sign: '⚙︎',
    look: { position: 'bar', corner: 'start', theme: 'auto', paint: '' },
    ...overrides,
  };
}

/** What the shop asks in the place of a held frame. */
function anEmbed({ language, direction = 'ltr', look, services }: WidgetConfig): EmbedConfig {
  return {
    language,
    direction,
    look,
    texts: {
      body: '{service} would receive data about you if it were shown here.',
      load: 'Show this once',
      always: 'Always show {service}',
    },
    services: services.map(({ id }) => ({ id, name: `The ${id}` })),
  };
}

/** What the second layer of that shop says. */
export function aDialog(): DialogConfig {
  return {
    texts: {
      save: 'Save choices',
      alwaysActive: 'Always active',
      preferencesTitle: 'Privacy choices',
      preferencesBody:
        'Choose what this site may do. Nothing optional runs unless it is switched on here.',
      minor: 'Because of your age, nothing optional runs here.',
      services: '{count} services',
      provider: 'Provider',
      transfer: 'Data go to',
      cookies: 'Cookies',
      providerPolicy: 'Their privacy notice',
      declaration: 'All cookies and services',
      gpcHonoured:
        'Your browser sends Global Privacy Control. We honour it: analytics and marketing are off.',
    },
    categories: [
      {
        id: 'necessary',
        title: 'Strictly necessary',
        description:
          'Keeps your basket, your sign-in and this choice. The shop does not work without it.',
        services: [],
      },
      {
        id: 'preferences',
        title: 'Preferences',
        description: 'Remembers your language and your nearest garden centre.',
        services: [],
      },
      {
        id: 'analytics',
        title: 'Analytics',
        description: 'Counts visits and shows us which pages help and which do not.',
        services: [],
      },
      {
        id: 'marketing',
        title: 'Marketing',
        description: 'Measures our advertisements and shows maps and videos from other companies.',
        services: [],
      },
    ],
    declarationUrl: null,
  };
}

export interface SiteOptions {
  config?: Partial<WidgetConfig>;
  dialog?: DialogConfig;
  /** What stands in the head before the widget, and in the body. */
  head?: string;
  body?: string;
  /** Content security policy of the page; `HABEAS` stands for the origin of the widget. */
  policy?: string;
  /** The tag of the widget, after `<script`; `SRC` stands for its address. */
  tag?: string;
}

/** A page and a Habeas server on two origins, each writing down what it is asked. */
export interface Site {
  url: string;
  /** Paths asked of the page's own origin, without the page itself and its icon. */
  requests: string[];
  records: ChoiceRecord[];
  /** What the server answers to records. */
  answer: number;
  /** What the tag gets from the next load on. */
  piece: 'first' | 'back-guarded';
  /** Another configuration from the next load on. */
  configure: (overrides: Partial<WidgetConfig>) => void;
  close: () => Promise<void>;
}

/** As the product was built before the tests. */
async function bundleOf(piece: string): Promise<string> {
  return readFile(`dist/client-widget/${piece}.js`, 'utf8');
}

/** What `/c/<siteKey>.js` answers. */
export async function widgetScript(config: WidgetConfig, piece = 'first'): Promise<string> {
  return `(()=>{let C=${JSON.stringify(config)};${await bundleOf(piece)}})();`;
}

/** What `/c/<siteKey>/<version>/<language>/<regime>/<piece>.js` answers. */
export async function widgetModule(
  piece: string,
  config: WidgetConfig,
  dialog = aDialog(),
): Promise<string> {
  const told = piece === 'dialog' ? dialog : piece === 'embeds' ? anEmbed(config) : config;
  return `let C=${JSON.stringify(told)};${await bundleOf(piece)}`;
}

export async function openSite(options: SiteOptions = {}): Promise<Site> {
  const {
    head = '',
    body = '<main><h1>Fernhill</h1><p>Plants.</p></main>',
    tag = 'src="SRC"',
  } = options;
  let overrides = options.config ?? {};
  const requests: string[] = [];
  const records: ChoiceRecord[] = [];

  const [habeas, habeasOrigin] = await listen(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/javascript');
      const config = aConfiguration(overrides);
      const piece = /\/(rest|whole|dialog|embeds)\.js\?*$/.exec(request.url ?? '')?.[1];
      response.end(
        await (piece
          ? widgetModule(piece, config, options.dialog)
          : widgetScript(config, site.piece)),
      );
      return;
    }
    const chunks = (await request.toArray()) as Buffer[];
    if (site.answer === 201)
      records.push(JSON.parse(Buffer.concat(chunks).toString()) as ChoiceRecord);
    response.statusCode = site.answer;
    response.end();
  });

  const [page, pageOrigin] = await listen((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page.invalid');
    const name = /^\/t\/([\w-]+)\.js$/.exec(pathname)?.[1];
    if (!/^\/(?:page\d?|favicon\.ico)?$/.test(pathname)) requests.push(pathname);
    if (name) {
      response.setHeader('content-type', 'text/javascript');
      response.setHeader('cache-control', 'no-store');
      // The first is the slowest to arrive: order must not depend on luck.
      setTimeout(
        () => response.end(`(window.ran??=[]).push('${name}');`),
        name.startsWith('slow') ? 150 : 0,
      );
      return;
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (pathname === '/map') {
      response.end('<!doctype html><title>Map</title><p>A map.</p>');
      return;
    }
    if (options.policy)
      response.setHeader(
        'content-security-policy',
        options.policy.replaceAll('HABEAS', habeasOrigin),
      );
    const script = `<script ${tag.replace('SRC', `${habeasOrigin}/c/fernhill.js`)}></script>`;
    response.end(
      `<!doctype html><html lang="en"><head><title>Fernhill</title>` +
        `<meta name="viewport" content="width=device-width">` +
        `${script}${head}</head><body>${body}</body></html>`,
    );
  });

  const site: Site = {
    url: `${pageOrigin}/`,
    requests,
    records,
    answer: 201,
    piece: 'first',
    configure(changes) {
      overrides = { ...overrides, ...changes };
    },
    async close() {
      for (const server of [habeas, page]) {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      }
    },
  };
  return site;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

async function listen(answer: Answer): Promise<[Server, string]> {
  const server = createServer((request, response) => void answer(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
}
