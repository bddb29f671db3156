import { randomBytes, randomUUID } from 'node:crypto';
import type { Document } from 'mongodb';
import type { Client } from '../support/client.ts';
import { copiesTo, type Installation } from '../support/installation.ts';
import { confirm, file, fill, HOME, ofForm, post, requestOf, send, type Mark } from './filing.ts';
import type { Evidence } from './outcome.ts';

/** Something that somebody does and that must be there exactly once when it was acknowledged. */
export interface Deed {
  /** How many acknowledgements it asks for. */
  size: number;
  /** Tries once; resolves when everything was acknowledged, and throws when the connection broke. */
  send(mark: Mark): Promise<unknown>;
  evidence: () => Promise<Evidence>;
}

export interface Action {
  name: string;
  prepare(installation: Installation, count: number): Promise<Deed[]>;
}

const AT_ONCE = 5;

async function inBatches<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) {
    const batch = Math.min(AT_ONCE, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: batch }, make))));
  }
  return made;
}

/** Counts rows about a request. */
async function countsAbout(installation: Installation, formKey: string) {
  const request = await requestOf(installation, formKey);
  const count = (collection: string, filter: Document) =>
    installation.rows().collection(collection).countDocuments(filter);
  const id = request?._id ?? null;
  return {
    request,
    rows: (collection: string, filter: Document) => count(collection, filter),
    audited: (action: string) =>
      count('auditEntries', { action, targetId: id?.toHexString() ?? 'none' }),
    mails: (template: string) => count('mails', { 'about.id': id, template }),
  };
}

async function aForm(installation: Installation): Promise<Deed> {
  const filed = await fill(installation);
  const { formKey, email } = filed;
  const addresses = new Set<string>();
  return {
    size: 1,
    send: async (mark) => addresses.add(await send(filed, mark)),
    evidence: async () => {
      const { request, rows, audited, mails } = await countsAbout(installation, formKey);
      return {
        request: await rows('requests', ofForm(formKey)),
        'acknowledged request': addresses.has(`${HOME}/requests/${request?.reference ?? ''}`)
          ? addresses.size
          : 0,
        challenge: await rows('challenges', { requestId: request?._id ?? null }),
        'audit entry': await audited('request.received'),
        mail: await mails('request-confirm'),
        'Message-ID': copiesTo(email).identities,
      };
    },
  };
}

export const formPost: Action = {
  name: 'form post',
  prepare: (installation, count) => inBatches(count, () => aForm(installation)),
};

async function aVerification(installation: Installation): Promise<Deed> {
  const waiting = await file(installation);
  return {
    size: 1,
    send: (mark) => confirm(waiting, mark),
    evidence: async () => {
      const { request, audited, mails } = await countsAbout(installation, waiting.formKey);
      return {
        verified: request?.state === 'new' && request.verifiedAt !== null ? 1 : 0,
        move: (request?.version ?? 0) - 1,
        'audit entry': await audited('request.verified'),
        'mail to the person': await mails('request-news'),
        'mail to staff': await mails('request-staff'),
      };
    },
  };
}

export const verification: Action = {
  name: 'verification',
  prepare: (installation, count) => inBatches(count, () => aVerification(installation)),
};

/** The files of an answer, read back through the page of staff. */
async function readFiles(staff: Client, page: string): Promise<Buffer[]> {
  const { text } = await staff.get(page);
  const found = text.matchAll(/href="([^"]+\/files\/[0-9a-f]{24})"/gu);
  const paths = new Set([...found].map(([, href]) => href ?? ''));
  return Promise.all(
    [...paths].map(async (path) => Buffer.from(await (await staff.exchange(path)).arrayBuffer())),
  );
}

/** Three pieces of storage, the last one not full. */
const FILE_BYTES = 600_000;

/** A confirmed request, which staff answer with a file. */
async function anAnswer(installation: Installation): Promise<Deed> {
  const { staff } = installation;
  const waiting = await file(installation);
  await confirm(waiting, { attempt: randomUUID() });
  const { formKey } = waiting;
  const request = await requestOf(installation, formKey);
  const page = `/o/first/requests/${request?._id.toHexString() ?? ''}`;
  const csrf = await staff.token(page);
  const content = randomBytes(FILE_BYTES);
  return {
    size: 1,
    send: (mark) => {
      const form = new FormData();
      form.append('_csrf', csrf);
      form.append('version', String(request?.version));
      form.append('text', 'Here is a copy of everything.');
      form.append('files', new Blob([content], { type: 'application/pdf' }), 'copy.pdf');
      return post(staff, `${page}/completion`, form, mark);
    },
    evidence: async () => {
      const { rows, audited, mails } = await countsAbout(installation, formKey);
      const files = await readFiles(staff, page);
      return {
        completed: await rows('requests', { ...ofForm(formKey), 'outcome.kind': 'completed' }),
        'audit entry': await audited('request.completed'),
        file: files.length,
        'identical file': files.filter((one) => one.equals(content)).length,
        // The first news was that the request is confirmed.
        mail: (await mails('request-news')) - 1,
      };
    },
  };
}

export const completion: Action = {
  name: 'completion',
  prepare: (installation, count) => inBatches(count, () => anAnswer(installation)),
};

const CONNECTIONS = 64;

/** A visitor's choice, as the widget sends it. */
const chosen = (siteOrigin: string, configurationHash: string) => ({
  clientKey: randomUUID(),
  visitorId: randomUUID(),
  configurationHash,
  action: 'accept-all',
  choices: { necessary: true, preferences: true, analytics: true, marketing: true },
  model: 'opt-in',
  regime: 'gdpr',
  language: 'en',
  signals: { gpc: false, dnt: false, tcf: null, gpp: null },
  services: {},
  page: `${siteOrigin}/`,
  chosenAt: new Date().toISOString(),
  previousKey: null,
});

/** Several visitors of a site who choose at the same time. */
function theirChoices(installation: Installation, siteKey: string, hash: string): Deed {
  const { siteOrigin } = installation;
  const choices = Array.from({ length: CONNECTIONS }, () => chosen(siteOrigin, hash));
  const waiting = new Set(choices);
  const headers = { 'content-type': 'text/plain;charset=UTF-8', origin: siteOrigin };
  return {
    size: CONNECTIONS,
    send: async ({ attempt, end }) => {
      const outcomes = await Promise.allSettled(
        [...waiting].map(async (choice, index) => {
          // They are written in the name of whichever comes first.
          const mark = { attempt: `${attempt}/${index}`, ...(end !== undefined && { end }) };
          const visitor = installation.visitor();
          await post(visitor, `/c/${siteKey}/choices`, JSON.stringify(choice), mark, headers);
          waiting.delete(choice);
        }),
      );
      const failure = outcomes.find(({ status }) => status === 'rejected');
      if (failure?.status === 'rejected') throw failure.reason;
    },
    evidence: async () => {
      const records = installation.rows().collection('consentRecords');
      const counts = choices.map(
        async ({ clientKey }) =>
          [`record ${clientKey}`, await records.countDocuments({ clientKey })] as const,
      );
      return Object.fromEntries(await Promise.all(counts));
    },
  };
}

export const consentPost: Action = {
  name: 'consent post',
  prepare: async (installation, count) => {
    const page = await (await fetch(installation.siteOrigin)).text();
    const siteKey = /\/c\/([\w-]+)\.js/u.exec(page)?.[1] ?? '';
    const { text } = await installation.visitor().get(`/c/${siteKey}.js`);
    const hash = /configurationHash:"([0-9a-f]{64})"/u.exec(text)?.[1] ?? '';
    return Array.from({ length: count }, () => theirChoices(installation, siteKey, hash));
  },
};
