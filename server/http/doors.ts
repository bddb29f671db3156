import type Joi from 'joi';
import type { Types } from 'mongoose';
import type { Permission } from '../../config/permissions.ts';
import type { Account, StaffMember } from '../features/staff/service.ts';
import type { Organization } from '../features/organizations/service.ts';
import type { Language } from '../language.ts';
import type { LimitName } from './rate-limit.ts';

/** A file that came with a form. */
export interface UploadedFile {
  field: string;
  name: string;
  type: string;
  content: Buffer;
}

/** A file that was stored, encrypted, while it came in; it belongs to nothing yet. */
export interface StagedFile {
  id: Types.ObjectId;
  field: string;
  name: string;
  type: string;
  /** Bytes. */
  size: number;
}

/** What every door is told about who knocks. */
export interface Knock {
  readonly language: Language;
  readonly path: string;
  /** Stands for the network that it comes from; no address is kept. */
  readonly network: string;
  readonly userAgent: string;
  readonly host: string;
  /** Origin header as sent. */
  readonly origin: string | null;
  /** Country or region named by a trusted proxy, or by a file of addresses (`DE`, `US-CA`). */
  readonly region: string | null;
  cookie: (name: string) => string | undefined;
  header: (name: string) => string | undefined;
  /** What a door with `uploads: true` was sent. */
  readonly files: UploadedFile[];
  /** What a door with `uploads: 'staged'` was sent. */
  readonly staged: StagedFile[];
}

export interface Call<P, Q, B> extends Knock {
  params: P;
  query: Q;
  body: B;
}

export interface StaffCall<P, Q, B> extends Call<P, Q, B> {
  staff: StaffMember;
}

export interface AccountCall<P, Q, B> extends Call<P, Q, B> {
  account: Account;
}

export interface CookieChange {
  name: string;
  /** Null removes it. */
  value: string | null;
  maxAgeSeconds?: number;
}

/** What a door answers with; the http room turns it into a response. */
export type Answer = { cookies?: CookieChange[]; headers?: Record<string, string> } & (
  | {
      /** A file of `templates/pages`, without its ending; its title is the text `<feature>.<page>.title`. */
      page: string;
      model?: object;
      status?: number;
      /** `bare`: the page is a whole document. */
      layout?: 'public' | 'staff' | 'plain' | 'bare';
      /** Whose privacy centre this is, for the public layout. */
      organization?: Organization;
    }
  | { redirect: string; flash?: string }
  | { json: unknown; status?: number; location?: string }
  | {
      /** A download; `size` in bytes is null where it is only known at the end. */
      file: { name: string; type: string; size: number | null; content: AsyncIterable<Buffer> };
    }
  | { text: string; type: string; status?: number }
  | { bytes: Buffer; type: string; status?: number }
  | {
      /** JavaScript for the sites of others, which wait for it. */
      script: Buffer;
    }
);

interface Common<P, Q, B> {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  params?: Joi.ObjectSchema<P>;
  query?: Joi.ObjectSchema<Q>;
  body?: Joi.ObjectSchema<B>;
  limit?: LimitName;
  /** A form that pages of other sites send, so without our token: the service behind it checks who sent it. */
  fromOtherSites?: boolean;
  /** Accepts files (multipart): small ones in memory, or large ones stored as they come in. */
  uploads?: boolean | 'staged';
}

interface JsonDescription {
  /** The operation's name in the OpenAPI document. */
  name: string;
  summary: string;
  replies: Record<number, { description: string; schema?: Joi.Schema }>;
  /** Open to other origins: the service behind it checks them itself. */
  crossOrigin?: boolean;
  /** Reads nothing of what is sent: the address alone says what is meant. */
  ignoresBody?: boolean;
  /** Takes text in place of JSON; the body is then `{ text }`. */
  plainText?: boolean;
}

/** Given instead of an error page when a form holds unusable values. */
type OnInvalid<C> = (
  call: C,
  invalid: { values: Record<string, unknown>; errors: Record<string, string> },
) => Promise<Answer>;

interface Acting<C> {
  act: (call: C) => Promise<Answer>;
}
interface PageActing<C> extends Acting<C> {
  /** Shows the form again, with what was typed and a sentence per field. Params and query are parsed. */
  onInvalid?: OnInvalid<C>;
}

export interface Door extends Common<unknown, unknown, unknown> {
  kind: 'page' | 'json';
  /** `public`: anybody; `signed-in`: any staff account; else a permission in the organisation of the URL. */
  allow: 'public' | 'signed-in' | Permission;
  description: JsonDescription | null;
  act: (call: never) => Promise<Answer>;
  onInvalid: OnInvalid<never> | undefined;
}

type Empty = Record<string, never>;

function door<P, Q, B>(
  kind: Door['kind'],
  allow: Door['allow'],
  given: Common<P, Q, B> & { act: unknown; onInvalid?: unknown } & Partial<JsonDescription>,
): Door {
  const { name, summary, replies, crossOrigin, ignoresBody, plainText, ...common } = given;
  const description =
    name !== undefined && summary !== undefined && replies !== undefined
      ? {
          name,
          summary,
          replies,
          ...(crossOrigin !== undefined && { crossOrigin }),
          ...(ignoresBody !== undefined && { ignoresBody }),
          ...(plainText !== undefined && { plainText }),
        }
      : null;
  return { onInvalid: undefined, ...common, kind, allow, description } as Door;
}

/** A page or form that anybody may open. */
export const publicPage = <P = Empty, Q = Empty, B = Empty>(
  given: Common<P, Q, B> & PageActing<Call<P, Q, B>>,
): Door => door('page', 'public', given);

/** A page or form for a signed-in account, outside any organisation. */
export const accountPage = <P = Empty, Q = Empty, B = Empty>(
  given: Common<P, Q, B> & PageActing<AccountCall<P, Q, B>>,
): Door => door('page', 'signed-in', given);

/** A page or form of an organisation: `/o/:organization/...`, closed to all but members with the permission. */
export const staffPage = <P = Empty, Q = Empty, B = Empty>(
  allow: Permission,
  given: Common<P, Q, B> & PageActing<StaffCall<P, Q, B>>,
): Door => door('page', allow, given);

/** A JSON route that anybody may call. */
export const publicJson = <P = Empty, Q = Empty, B = Empty>(
  given: Common<P, Q, B> & JsonDescription & Acting<Call<P, Q, B>>,
): Door => door('json', 'public', given);

/** A JSON route of an organisation: `/api/v1/organizations/:organization/...`. */
export const staffJson = <P = Empty, Q = Empty, B = Empty>(
  allow: Permission,
  given: Common<P, Q, B> & JsonDescription & Acting<StaffCall<P, Q, B>>,
): Door => door('json', allow, given);
