import autocannon from 'autocannon';
import { actions, anyOf, browsers, choicesFor, newKey, visitors } from './visitors.ts';

/** What the process that makes the load is told. */
export interface LoadTask {
  url: string;
  origin: string;
  configurationHash: string;
  connections: number;
  seconds: number;
}

export interface LoadResult {
  perSecond: number;
  /** Milliseconds to each answer. */
  times: number[];
  /** Answers other than 2xx, and connections that failed. */
  errors: number;
}

/** The key of a visitor who chose before, sometimes: one in ten comes back. */
const earlier: string[] = [];
const MOST_EARLIER = 10_000;

function visitorOf(): string {
  if (earlier.length > 0 && Math.random() < 0.1) return anyOf(earlier);
  const visitorId = newKey();
  if (earlier.length < MOST_EARLIER) earlier.push(visitorId);
  return visitorId;
}

function bodyOf({ origin, configurationHash }: LoadTask, language: string): string {
  const action = anyOf(actions);
  return JSON.stringify({
    clientKey: newKey(),
    visitorId: visitorOf(),
    configurationHash,
    action,
    choices: choicesFor(action),
    services: {},
    model: 'opt-in',
    regime: 'gdpr',
    language,
    signals: { gpc: false, dnt: false, tcf: null, gpp: null },
    page: `${origin}/products/lamp`,
    chosenAt: new Date().toISOString(),
    previousKey: null,
  });
}

const byteOf = () => String(1 + Math.floor(Math.random() * 254));

const headersOf = ({ origin }: LoadTask, region: string) => ({
  'content-type': 'text/plain;charset=UTF-8',
  origin,
  referer: `${origin}/`,
  'user-agent': anyOf(browsers),
  'accept-language': 'de-DE,de;q=0.9,en;q=0.8',
  'x-region': region,
  // Each visitor has an address, as the proxy says.
  'x-forwarded-for': `10.${byteOf()}.${byteOf()}.${byteOf()}`,
});

async function run(task: LoadTask): Promise<LoadResult> {
  const times: number[] = [];
  let acknowledged = 0;
  const options: autocannon.Options = {
    url: task.url,
    connections: task.connections,
    duration: task.seconds,
    requests: [
      {
        method: 'POST',
        setupRequest: (request) => {
          const { region, language } = anyOf(visitors);
          return { ...request, headers: headersOf(task, region), body: bodyOf(task, language) };
        },
      },
    ],
  };
  const { duration, errors, non2xx } = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(options, (error: Error | null, result) => {
      if (error) reject(error);
      else resolve(result);
    });
    instance.on('response', (_client, status, _bytes, milliseconds) => {
      times.push(milliseconds);
      if (status >= 200 && status < 300) acknowledged++;
    });
  });
  return {
    perSecond: acknowledged / duration,
    times,
    errors: errors + non2xx,
  };
}

// A process of its own: what it costs to ask is not what it costs to answer.
process.on('message', (task: LoadTask) => {
  void run(task).then((result) => process.send?.(result));
});
