import { Router, type Express, type Request, type RequestHandler, type Response } from 'express';
import type Joi from 'joi';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { mayDo } from '../../config/permissions.ts';
import type { Account, StaffMember } from '../features/staff/service.ts';
import { languageCodes, languageLinks, type Language } from '../language.ts';
import { Problem } from '../problem.ts';
import { networkOf } from '../security/networks.ts';
import { changeCookie, readCookie } from './cookies.ts';
import type { Answer, Call, Door, Knock } from './doors.ts';
import { publicFrame, signedInFrame, staffFrame } from './frame.ts';
import {
  formToken,
  readForeignJson,
  readForm,
  readJson,
  readText,
  readUploads,
  refuseForeignOrigin,
  takeFormToken,
  typedValues,
} from './forms.ts';
import { aboutDocuments } from './headers.ts';
import { knockOf } from './knock.ts';
import { parse } from './parse.ts';
import { limitBy, takeHit, type LimitName } from './rate-limit.ts';
import { readStagedUploads, type Stage } from './staged-uploads.ts';
import { renderPage } from './views.ts';

/** How the http room learns who is there; `app.ts` gives it the staff room's answers. */
export interface Gate {
  /** The account of a live session, or null. */
  accountOf(sessionToken: string): Promise<Account | null>;
  /** Its membership in an organisation. @throws Problem not-found for anybody else. */
  memberOf(account: Account, slug: string): Promise<StaffMember>;
  /** The machine that holds an API key. @throws Problem sign-in-required, not-found */
  machineOf(key: string, slug: string): Promise<StaffMember>;
  /** Stores a file while it comes in. */
  stage: Stage;
}

export const SESSION_COOKIE = 'session';
const FLASH_COOKIE = 'flash';

interface Visit {
  account: Account | null;
  staff: StaffMember | null;
}

/** The API key that a call shows; null for a call without one. */
const keyOf = (req: Request): string | null =>
  /^Bearer (?<key>\S+)$/iu.exec(req.get('authorization') ?? '')?.groups?.key ?? null;

const slugOf = ({ params: { organization } }: Request) =>
  typeof organization === 'string' ? organization : '';

async function machineVisit(gate: Gate, key: string, req: Request): Promise<Visit> {
  await takeHit('api', `knock:${networkOf(req.ip ?? '')}`);
  const machine = await gate.machineOf(key, slugOf(req));
  await takeHit('api', `key:${machine.id}`);
  return { account: null, staff: machine };
}

async function accountVisit(gate: Gate, { allow }: Door, req: Request): Promise<Visit> {
  const token = readCookie(req, SESSION_COOKIE);
  const account = token === undefined ? null : await gate.accountOf(token);
  if (!account) throw new Problem('sign-in-required', 'Your session has ended, or you have none.');
  return {
    account,
    staff: allow === 'signed-in' ? null : await gate.memberOf(account, slugOf(req)),
  };
}

/** Decides whether a door opens. Organisations of others look like organisations that do not exist. */
async function visitOf(gate: Gate, door: Door, req: Request): Promise<Visit> {
  if (door.allow === 'public') return { account: null, staff: null };
  const key = door.kind === 'json' && door.allow !== 'signed-in' ? keyOf(req) : null;
  const visit =
    key === null ? await accountVisit(gate, door, req) : await machineVisit(gate, key, req);
  const { staff } = visit;
  if (staff && door.allow !== 'signed-in' && !mayDo(staff.role, door.allow)) {
    throw new Problem('forbidden', 'Ask an administrator of this organisation.');
  }
  return visit;
}

/** The organisation of a staff door is already known by `staff`. */
function paramsOf({ params }: Request, { staff }: Visit) {
  if (!staff) return params;
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'organization'));
}

/** `lang` is a page's language; a JSON door that knows it names it in its schema. */
const queryOf = ({ kind }: Door, { query }: Request) =>
  kind === 'json'
    ? query
    : Object.fromEntries(Object.entries(query).filter(([name]) => name !== 'lang'));

/** Links that travel gather foreign parameters on their way, such as `utm_source`. */
const queryRules = ({ kind, allow }: Door) => ({
  dropUnknown: kind === 'page' && allow === 'public',
});

/** A sentence per field for a form that is shown again. */
function fieldErrors(problem: Problem, language: Language): Record<string, string> {
  return Object.fromEntries(
    problem.errors.map(({ pointer, code }) => {
      const key = `problems.field.${code.replaceAll('.', '-')}`;
      return [
        pointer.slice(1).replaceAll('/', '.'),
        language.t(language.has(key) ? key : 'problems.field.other'),
      ];
    }),
  );
}

/** An address that can name nothing is one where nothing is. */
function parseAddress(schema: Joi.ObjectSchema, params: object): unknown {
  try {
    return parse(schema, params);
  } catch {
    throw new Problem('not-found', 'There is nothing at this address.');
  }
}

async function act(door: Door, call: Call<unknown, unknown, unknown>, req: Request) {
  const perform = door.act as (call: unknown) => Promise<Answer>;
  const onInvalid = door.onInvalid as
    ((call: unknown, invalid: { values: object; errors: object }) => Promise<Answer>) | undefined;
  try {
    if (door.body) call.body = parse(door.body, req.body ?? {});
    return await perform(call);
  } catch (error) {
    if (!onInvalid || !(error instanceof Problem) || error.problem !== 'invalid') throw error;
    const errors = fieldErrors(error, call.language);
    const answer = await onInvalid(call, { values: typedValues(req.body, error.errors), errors });
    return { ...answer, status: 422 };
  }
}

function sendPage(
  req: Request,
  res: Response,
  answer: Extract<Answer, { page: string }>,
  language: Language,
  { account, staff }: Visit,
): void {
  const { page, organization, model, status } = answer;
  const layout = answer.layout ?? (staff ? 'staff' : organization ? 'public' : 'plain');
  const flash = readCookie(req, FLASH_COOKIE);
  if (flash !== undefined) changeCookie(res, { name: FLASH_COOKIE, value: null });
  const frame = staff
    ? staffFrame(staff, req.path, language)
    : organization
      ? publicFrame(organization, req.path, language)
      : {
          languages: languageLinks(languageCodes, req.path, language),
          ...(account && signedInFrame(account)),
        };
  const html = renderPage(page, layout, {
    ...frame,
    lang: language.code,
    dir: language.direction,
    csrfToken: formToken(req, res),
    ...(flash !== undefined &&
      language.has(flash) && { flash: { kind: 'success', text: language.t(flash) } }),
    ...model,
  });
  res
    .status(status ?? 200)
    .type('html')
    .send(html);
}

async function send(
  req: Request,
  res: Response,
  answer: Answer,
  knock: Knock,
  visit: Visit,
): Promise<void> {
  for (const change of answer.cookies ?? []) changeCookie(res, change);
  res.set(answer.headers ?? {});
  if ('page' in answer) sendPage(req, res, answer, knock.language, visit);
  else if ('redirect' in answer) {
    if (answer.flash !== undefined) {
      changeCookie(res, { name: FLASH_COOKIE, value: answer.flash, maxAgeSeconds: 60 });
    }
    res.redirect(303, answer.redirect);
  } else if ('json' in answer) {
    if (answer.location !== undefined) res.location(answer.location);
    res.status(answer.status ?? 200).json(answer.json);
  } else if ('file' in answer) {
    const { name, type, size, content } = answer.file;
    res.attachment(name).type(type);
    if (size !== null) res.set('Content-Length', String(size));
    await pipeline(Readable.from(content), res);
  } else if ('script' in answer) {
    for (const name of aboutDocuments) res.removeHeader(name);
    res.type('js').send(answer.script);
  } else
    res
      .status(answer.status ?? 200)
      .type(answer.type)
      .send('bytes' in answer ? answer.bytes : answer.text);
}

/** The widget runs on the sites of others; it sends no cookies and reads no personal data. */
const answerAnyOrigin: RequestHandler = (req, res, next) => {
  res.setHeader('Access-Control-Allow-Origin', req.get('origin') ?? '*');
  res.setHeader('Vary', 'Origin');
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  next();
};

function bodyReaders(door: Door, gate: Gate, visits: WeakMap<Request, Visit>): RequestHandler[] {
  if (door.method === 'get' || door.description?.ignoresBody === true) return [];
  if (door.kind === 'json') {
    if (door.description?.plainText === true) return [readText];
    return [door.description?.crossOrigin === true ? readForeignJson : readJson];
  }
  if (door.uploads === 'staged') {
    return [
      readStagedUploads(gate.stage, (req) => {
        const staff = visits.get(req)?.staff;
        if (!staff) throw new Error(`${door.path} takes large files but is not a door of staff.`);
        return staff.organizationId;
      }),
    ];
  }
  return door.uploads === true ? [readUploads] : [readForm];
}

/** What each address answers to. */
function methodsByPath(doors: readonly Door[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of doors) {
    const known = methods.get(path) ?? [];
    methods.set(path, [...known, ...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])]);
  }
  return methods;
}

const firstPartOf = (path: string) => path.split('/', 2)[1] ?? '';

/** One room per first part of the address: a knock is compared with the doors of its room only. */
function roomsOf(app: Express): (path: string) => Router {
  const rooms = new Map<string, Router>();
  app.use((req, res, next) => {
    const room = rooms.get(firstPartOf(req.path));
    if (room) room(req, res, next);
    else next();
  });
  return (path) => {
    const first = firstPartOf(path);
    if (/[:*{(]/u.test(first)) throw new Error(`The first part of ${path} has to be a name.`);
    const room = rooms.get(first) ?? Router({ caseSensitive: true });
    rooms.set(first, room);
    return room;
  };
}

/** Opens every door of the house. The order inside is: limit, origin, who, read, check, act. */
export function openDoors(app: Express, doors: readonly Door[], gate: Gate): void {
  const roomOf = roomsOf(app);
  const limits = new Map<LimitName, RequestHandler>();
  const limiterOf = (name: LimitName) => {
    const limiter = limits.get(name) ?? limitBy(name);
    limits.set(name, limiter);
    return limiter;
  };
  for (const door of doors) {
    const visits = new WeakMap<Request, Visit>();
    const isCrossOrigin = door.description?.crossOrigin === true;
    const isForeign = isCrossOrigin || door.fromOtherSites === true;
    const admit: RequestHandler = async (req, _res, next) => {
      if (!isForeign && door.method !== 'get') refuseForeignOrigin(req);
      visits.set(req, await visitOf(gate, door, req));
      next();
    };
    const enter: RequestHandler = async (req, res) => {
      const visit = visits.get(req) ?? { account: null, staff: null };
      if (door.method !== 'get' && door.kind === 'page' && !isForeign) takeFormToken(req);
      const knock = knockOf(req);
      if (typeof req.query.lang === 'string' && door.kind === 'page') {
        changeCookie(res, { name: 'language', value: knock.language.code });
      }
      // Into the knock itself: a copy would work out all that it can tell.
      const call = Object.assign(knock, {
        params: door.params ? parseAddress(door.params, paramsOf(req, visit)) : {},
        query: door.query ? parse(door.query, queryOf(door, req), queryRules(door)) : {},
        body: {},
        ...visit,
      });
      await send(req, res, await act(door, call, req), knock, visit);
    };
    const before = [
      ...(isCrossOrigin ? [answerAnyOrigin] : []),
      ...(door.limit === undefined ? [] : [limiterOf(door.limit)]),
    ];
    const handlers = [...before, admit, ...bodyReaders(door, gate, visits), enter];
    roomOf(door.path)[door.method](door.path, ...handlers);
  }
  for (const [path, methods] of methodsByPath(doors)) {
    roomOf(path).all(path, (req, res) => {
      res.set('Allow', methods.join(', '));
      if (req.method !== 'OPTIONS')
        throw new Problem('method-not-allowed', `Use ${methods.join(', ')}.`);
      res.status(204).end();
    });
  }
}
