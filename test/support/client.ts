import { appOrigin } from './app.ts';
import { checkExchange } from './document.ts';

export interface Reply {
  status: number;
  headers: Headers;
  /** Body as text. */
  text: string;
  /** Body as JSON; throws when it is none. */
  json(): unknown;
  /** Path and query of where the last redirect led. */
  url: string;
}

type Fields = Record<string, string | string[]>;

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

let addresses = 0;

/** An address that nobody else in this process has, so that no limit of another one holds. */
export function ownAddress(): string {
  addresses += 1;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/** A browser without a screen: keeps cookies, follows redirects, sends forms with their token. */
export class Client {
  readonly #cookies = new Map<string, string>();
  readonly #headers: Record<string, string>;
  readonly #origin: string | null;

  /** Visits the application of this process, or the one at an origin. */
  constructor(headers: Record<string, string> = {}, origin: string | null = null) {
    this.#origin = origin;
    this.#headers = { 'x-forwarded-for': ownAddress(), 'accept-language': 'en', ...headers };
  }

  /** What this browser was given to keep: for opening the same page in a real one. */
  cookies(): { name: string; value: string }[] {
    return [...this.#cookies].map(([name, value]) => ({ name, value }));
  }

  /** One exchange, redirects not followed. */
  async exchange(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.#origin ?? appOrigin()), {
      redirect: 'manual',
      ...init,
      headers: {
        ...this.#headers,
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(init.headers as Record<string, string> | undefined),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(line) ?? [];
      if (/max-age=0/iu.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }

  async #follow(path: string, init: RequestInit): Promise<Reply> {
    let response = await this.exchange(path, init);
    let url = path;
    for (let hops = 0; hops < 5 && response.status === 303; hops += 1) {
      url = response.headers.get('location') ?? '/';
      await response.arrayBuffer();
      response = await this.exchange(url);
    }
    const text = await response.text();
    const origin = this.#origin ?? appOrigin();
    await checkExchange(origin, {
      method: url === path ? (init.method ?? 'GET') : 'GET',
      path: new URL(url, origin).pathname,
      sent: url === path && typeof init.body === 'string' ? jsonOrNull(init.body) : null,
      status: response.status,
      type: (response.headers.get('content-type') ?? '').split(';')[0] ?? '',
      received: text,
    });
    const { status, headers } = response;
    return { status, headers, text, url, json: () => JSON.parse(text) as unknown };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.#follow(path, { headers });
  }

  /** The form token of this browser, read from a page that has a form. */
  async token(page: string): Promise<string> {
    const { text } = await this.get(page);
    const token = /name="_csrf" value="([^"]+)"/u.exec(text)?.[1];
    if (token === undefined) throw new Error(`There is no form on ${page}.`);
    return token;
  }

  /** Opens a page and sends a form from it, as a person would; follows the redirect. */
  async submit(page: string, fields: Fields, action = page): Promise<Reply> {
    return this.post(action, { _csrf: await this.token(page), ...fields });
  }

  /** Sends a form as it is. */
  post(path: string, fields: Fields): Promise<Reply> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const one of [value].flat()) body.append(name, one);
    }
    return this.#follow(path, { method: 'POST', body });
  }

  /** Sends a form with files. */
  upload(path: string, body: FormData): Promise<Reply> {
    return this.#follow(path, { method: 'POST', body });
  }

  /** Sends JSON. */
  send(method: string, path: string, body: unknown, headers = {}): Promise<Reply> {
    return this.#follow(path, {
      method,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }
}
