import type { ChoiceRecord } from './types.ts';

/** A server that answers later than this counts as away; the record may have arrived, and is sent again. */
const PATIENCE = 15_000;

/** A string body is sent as text/plain, which asks for no preflight; keepalive survives leaving the page. */
export function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    // Where the site passes us on, the answer sets the choice cookie for longer than a script may.
    credentials: 'same-origin',
    keepalive: true,
    signal: AbortSignal.timeout(PATIENCE),
  });
}

/**
 * Sends a record. It needs no further attempt when it was recorded, or refused for good. @throws Error when it has to be
 * sent again; the server recognises repeats by `clientKey`.
 */
export async function deliver(address: string, record: ChoiceRecord): Promise<void> {
  const { status } = await post(`${address}/choices`, record);
  if (status >= 500 || status === 429) throw Error();
}
