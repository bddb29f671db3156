import { Types } from 'mongoose';
import { bytesOf, createDataKey, loadDataKey, loadDataKeys } from '../../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../../security/encryption.ts';
import { fingerprint } from '../../security/tokens.ts';
import { StaffAccountModel, type StaffAccountRow } from './model.ts';

/** What is sealed in an account's row. */
export interface Person {
  name: string;
  email: string;
}

const placeOfPerson = (id: Types.ObjectId) => ({
  collection: 'staffAccounts',
  row: id,
  field: 'sealed',
});

/** What an address is looked up by, in the whole installation. */
export function staffAddressIndex(address: string): string {
  return fingerprint('staff-address', address.normalize('NFKC').trim().toLowerCase());
}

export function sealPerson(key: DataKey, id: Types.ObjectId, person: Person): Buffer {
  return sealJson(key, placeOfPerson(id), person);
}

function openPerson(key: DataKey, { _id, sealed }: Pick<StaffAccountRow, '_id' | 'sealed'>) {
  return unsealJson(key, placeOfPerson(_id), bytesOf(sealed)) as Person;
}

export async function personOf(row: StaffAccountRow): Promise<Person> {
  return openPerson(await loadDataKey(row.keyId), row);
}

export interface KnownPerson extends Person {
  keyId: Types.ObjectId;
  language: string;
  hasSecondFactor: boolean;
}

/** Names and addresses of accounts, in two queries; erased accounts are missing. */
export async function personsById(
  ids: readonly Types.ObjectId[],
): Promise<Map<string, KnownPerson>> {
  const rows = await StaffAccountModel.find({ _id: { $in: ids } }).lean();
  const keys = await loadDataKeys(rows.map(({ keyId }) => keyId));
  return new Map(
    rows.flatMap((row) => {
      const key = keys.get(row.keyId.toHexString());
      if (!key) return [];
      const { keyId, language, sealedSecret } = row;
      const hasSecondFactor = sealedSecret !== null;
      const known = { ...openPerson(key, row), keyId, language, hasSecondFactor };
      return [[row._id.toHexString(), known] as const];
    }),
  );
}

export async function accountRowByAddress(address: string): Promise<StaffAccountRow | null> {
  return StaffAccountModel.findOne({ emailIndex: staffAddressIndex(address) }).lean();
}

export interface NewAccount extends Person {
  passwordHash: string;
  language: string;
  isInstallationAdministrator: boolean;
  /** A key that already protects this person's invitation; else a new one is made. */
  key?: DataKey;
}

/** Stores an account, in the caller's transaction. */
export async function createAccount({
  name,
  email,
  key: given,
  ...rest
}: NewAccount): Promise<Types.ObjectId> {
  const id = new Types.ObjectId();
  const key = given ?? (await createDataKey(null, 'staff'));
  await StaffAccountModel.create({
    _id: id,
    keyId: key.id,
    sealed: sealPerson(key, id, { name, email }),
    emailIndex: staffAddressIndex(email),
    ...rest,
  });
  return id;
}
