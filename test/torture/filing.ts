import { randomUUID } from 'node:crypto';
import type { Client } from '../support/client.ts';
import type { Installation } from '../support/installation.ts';
import { FOR_PROCESSES_MS, until } from '../support/until.ts';
import { messagesTo } from '../support/mailbox.ts';

/** What a request carries for the witness: who it is, and at which moment its process is to end. */
export interface Mark {
  attempt: string;
  end?: string;
}

/** A reply that no retry mends: a fault of the test or of the product. */
export class UnexpectedReply extends Error {}

/**
 * Posts, and hands over where the reply leads. A server that is only half up (5xx) counts as a broken
 * connection; 409 and 410 say that it was done before.
 * @throws UnexpectedReply for any other refusal.
 */
export async function post(
  client: Client,
  path: string,
  body: URLSearchParams | FormData | string,
  { attempt, end }: Mark,
  headers: Record<string, string> = {},
): Promise<string> {
  const reply = await client.exchange(path, {
    method: 'POST',
    body,
    headers: { ...headers, 'x-attempt': attempt, ...(end !== undefined && { 'x-end': end }) },
  });
  const text = await reply.text();
  if (reply.status >= 500) throw new Error(`It was answered with ${reply.status}.`);
  if (reply.status >= 400 && ![409, 410].includes(reply.status)) {
    throw new UnexpectedReply(`${path} was answered with ${reply.status}: ${text.slice(0, 400)}`);
  }
  return reply.headers.get('location') ?? '';
}

export const HOME = '/privacy/first';

/** Somebody with a form of the privacy centre. */
export interface Filed {
  formKey: string;
  email: string;
  client: Client;
  fields: URLSearchParams;
}

/** Somebody before the filled form. */
export async function fill(installation: Installation): Promise<Filed> {
  const client = installation.visitor();
  const formKey = randomUUID();
  const email = `${formKey}@person.test`;
  const fields = new URLSearchParams({
    _csrf: await client.token(`${HOME}/request?right=access-categories&country=DE`),
    formKey,
    right: 'access-categories',
    country: 'DE',
    state: '',
    dataClass: 'ordinary',
    name: 'Ada Beispiel',
    email,
    details: 'Everything you hold about my orders.',
  });
  return { formKey, email, client, fields };
}

/** Sends the form; gives the address of the request that it made. */
export const send = ({ client, fields }: Filed, mark: Mark): Promise<string> =>
  post(client, `${HOME}/request`, fields, mark);

/** Somebody who has the mail of a request that was filed. */
export interface Waiting extends Filed {
  /** Path of the link that confirms it. */
  link: string;
}

/** Files a request and waits for its mail. */
export async function file(installation: Installation): Promise<Waiting> {
  const filed = await fill(installation);
  await send(filed, { attempt: randomUUID() });
  await until(
    'the mail with the link comes',
    () => messagesTo(filed.email).length > 0,
    FOR_PROCESSES_MS,
  );
  const { text } = messagesTo(filed.email)[0]!;
  const link = /https?:\/\/[^/\s]+(\/privacy\/\S+\/confirm\/[\w-]+)/u.exec(text)?.[1];
  if (link === undefined) throw new Error('The mail holds no link.');
  return { ...filed, link };
}

/** Presses the button behind the link. After a lost reply the link is spent: that, too, says that it was done. */
export function confirm({ client, link, fields }: Waiting, mark: Mark): Promise<string> {
  return post(client, link, new URLSearchParams({ _csrf: fields.get('_csrf') ?? '' }), mark);
}

interface SeenRequest {
  formKey: string;
  reference: string;
  state: string;
  version: number;
  verifiedAt: Date | null;
}

/** Rows that came with a form: their key begins with the form's. */
export const ofForm = (formKey: string) => ({
  formKey: { $gte: `${formKey}.`, $lt: `${formKey}/` },
});

/** The row of a request, by the form that it came with. */
export const requestOf = (installation: Installation, formKey: string) =>
  installation.rows().collection<SeenRequest>('requests').findOne(ofForm(formKey));
