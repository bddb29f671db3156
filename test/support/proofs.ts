import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import type { Types } from 'mongoose';
import sharp from 'sharp';
import { defaultLevels, type PointId } from '../../config/identity.ts';
import { rightsWithoutProof, rightIds } from '../../config/rights.ts';
import { system } from '../../server/features/audit/service.ts';
import { setMatchEndpoint } from '../../server/features/identity/endpoint.ts';
import { IdentityDocumentModel } from '../../server/features/identity/proof-model.ts';
import { identityRules, publishIdentityRules } from '../../server/features/identity/rules.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { sendDocument } from '../../server/features/requests/proof-person.ts';
import { askPersonForDocument } from '../../server/features/requests/proof-staff.ts';
import type { NewRequest } from '../../server/features/requests/schema.ts';
import { aMember, aRequestByMail } from './requests.ts';

const clockwork = ({ _id }: Organization) => system(_id);

/** Lets the staff of an organisation ask for documents, for every right that needs a proof. */
export async function allowDocuments(organization: Organization): Promise<void> {
  const { version } = await identityRules(organization._id);
  const rights = rightIds.filter((right) => !rightsWithoutProof.includes(right));
  await publishIdentityRules(clockwork(organization), {
    version,
    levels: defaultLevels,
    declaration: true,
    documents: rights.map((right) => ({
      right,
      reason: 'Patients have no other record with us to compare.',
    })),
  });
}

/** A photo of a document, with what cameras write into their files. */
export const aPhoto = (text = 'a place and a day'): Promise<Buffer> =>
  sharp({ create: { width: 640, height: 400, channels: 3, background: '#dfe8ef' } })
    .withExif({ IFD0: { ImageDescription: text, Copyright: text } })
    .jpeg()
    .toBuffer();

/** A small PNG whose header says that it is as large as that. */
export async function aPictureThatClaims(width: number, height: number): Promise<Buffer> {
  const create = { width: 1, height: 1, channels: 3, background: 'white' } as const;
  const picture = await sharp({ create }).png().toBuffer();
  picture.writeUInt32BE(width, 16);
  picture.writeUInt32BE(height, 20);
  picture.writeUInt32BE(crc32(picture.subarray(12, 29)), 29);
  return picture;
}

/** A request whose person has sent a document that nobody looked at. */
export async function aWaitingDocument(
  organization: Organization,
  given: Partial<NewRequest> = {},
  photo?: Buffer,
) {
  await allowDocuments(organization);
  const officer = await aMember(organization);
  const { row, person, email } = await aRequestByMail(organization, given);
  await askPersonForDocument(officer, row._id, 'There is no other record to compare.');
  await sendDocument(person, photo ?? (await aPhoto()));
  const documentId = await newestDocument(organization, row._id);
  return { row, person, email, officer, documentId };
}

export async function newestDocument(
  { _id: organizationId }: Organization,
  requestId: Types.ObjectId,
): Promise<Types.ObjectId> {
  const document = await IdentityDocumentModel.findOne({ organizationId, requestId })
    .sort({ _id: -1 })
    .orFail()
    .lean();
  return document._id;
}

/** What the system of an organisation was asked. */
export interface Question {
  signature: string;
  body: string;
}

/** The system of an organisation, on loopback: it holds one person, and says how many points match. */
export class MatchSystem {
  readonly questions: Question[] = [];
  /** What it answers instead, when set. */
  answer: ((asked: Record<string, string>) => string) | null = null;
  readonly #server: Server;
  readonly #held: Partial<Record<PointId, string>>;

  private constructor(server: Server, held: Partial<Record<PointId, string>>) {
    this.#server = server;
    this.#held = held;
  }

  static async start(held: Partial<Record<PointId, string>>): Promise<MatchSystem> {
    const server = createServer();
    const system = new MatchSystem(server, held);
    server.on('request', (req, res) => {
      let body = '';
      req.setEncoding('utf8');
      req.on('data', (part: string) => (body += part));
      req.on('end', () => {
        system.questions.push({ signature: String(req.headers['habeas-signature']), body });
        res.end(system.#answerTo(body));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return system;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/match`;
  }

  #answerTo(body: string): string {
    const { points, salt } = JSON.parse(body) as {
      points: Record<string, string>;
      salt?: string;
    };
    if (this.answer) return this.answer(points);
    const shown = (value: string) =>
      salt === undefined
        ? value
        : createHmac('sha256', salt).update(value.toLowerCase()).digest('hex');
    const matched = Object.entries(points).filter(
      ([name, value]) => shown(this.#held[name as PointId] ?? '') === value,
    );
    return JSON.stringify({ matched: matched.length, of: Object.keys(points).length });
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

/** Lets an organisation compare points with a system; gives the secret of the signatures. */
export async function comparePoints(
  organization: Organization,
  { url }: MatchSystem,
  points: PointId[] = ['customer-number', 'postcode', 'birth-day', 'order-number'],
  sends: 'values' | 'hashes' = 'hashes',
): Promise<string> {
  return (await setMatchEndpoint(clockwork(organization), { url, sends, points })) ?? '';
}
