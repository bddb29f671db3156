import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField, Problem } from '../../problem.ts';
import { bytesOf, loadDataKey } from '../../security/data-keys.ts';
import { seal, unseal } from '../../security/encryption.ts';
import { recordAudit } from '../audit/service.ts';
import { asActor, asTarget, type Account } from './account.ts';
import { accountRow, confirmPassword } from './credentials.ts';
import { StaffAccountModel, type StaffAccountRow } from './model.ts';
import { tellOfChange } from './notices.ts';
import { endSessions } from './sessions.ts';
import { newRecoveryCodes, newSecret, recoveryFingerprint, timeStepOf } from './totp.ts';
import { countTry, forgetTries } from './tries.ts';

type SecretField = 'sealedSecret' | 'sealedNewSecret';

const placeOf = (row: Types.ObjectId, field: SecretField) => ({
  collection: 'staffAccounts',
  row,
  field,
});

async function secretIn(row: StaffAccountRow, field: SecretField): Promise<string | null> {
  const sealed = row[field];
  if (sealed === null) return null;
  return unseal(await loadDataKey(row.keyId), placeOf(row._id, field), bytesOf(sealed)).toString();
}

async function seals(row: StaffAccountRow, field: SecretField, secret: string): Promise<Buffer> {
  return seal(await loadDataKey(row.keyId), placeOf(row._id, field), Buffer.from(secret));
}

/** Marks a time step as used; false when this or a later one was used before. */
async function useTimeStep(_id: Types.ObjectId, step: number): Promise<boolean> {
  const unused = { _id, lastTimeStep: { $lt: step } };
  return (await StaffAccountModel.updateOne(unused, { lastTimeStep: step })).modifiedCount === 1;
}

async function useRecoveryCode(row: StaffAccountRow, code: string): Promise<boolean> {
  const fingerprint = recoveryFingerprint(code);
  const { modifiedCount } = await StaffAccountModel.updateOne(
    { _id: row._id, recoveryCodes: fingerprint },
    { $pull: { recoveryCodes: fingerprint } },
  );
  if (modifiedCount === 0) return false;
  await recordAudit(asActor(row._id), 'staff.recovery-code-used', asTarget(row._id), {
    left: row.recoveryCodes.length - 1,
  });
  await tellOfChange(row, 'recovery-code-used');
  return true;
}

/** Takes a code of the authenticator app or a recovery code, in the caller's transaction. Each is accepted once. */
export async function acceptCode(row: StaffAccountRow, typed: string): Promise<boolean> {
  const code = typed.replace(/\s/gu, '');
  if (!/^\d{6}$/u.test(code)) return useRecoveryCode(row, code);
  const secret = await secretIn(row, 'sealedSecret');
  const step = secret === null ? null : timeStepOf(secret, code);
  return step !== null && (await useTimeStep(row._id, step));
}

/** Begins to set up an authenticator app: makes a secret that counts once a code has confirmed it. @throws Problem invalid for a wrong password */
export async function beginSecondFactor({ id }: Account, password: string): Promise<void> {
  const row = await confirmPassword(id, password);
  if (row.sealedSecret !== null) throw isOnAlready();
  const sealedNewSecret = await seals(row, 'sealedNewSecret', newSecret());
  await StaffAccountModel.updateOne({ _id: id }, { sealedNewSecret });
}

/** The secret that waits for its first code, or null. */
export async function pendingSecret({ id }: Account): Promise<string | null> {
  return secretIn(await accountRow(id), 'sealedNewSecret');
}

const isOnAlready = () =>
  new Problem('not-allowed-now', 'The second factor is on already.', { code: 'second-factor-on' });

/**
 * Turns the second factor on and returns the recovery codes, which nobody sees again. Other sessions end.
 * @throws Problem invalid for a wrong code.
 */
export async function confirmSecondFactor(account: Account, code: string): Promise<string[]> {
  const { id } = account;
  await countTry('code', id.toHexString());
  const codes = newRecoveryCodes();
  await inTransaction(async () => {
    const row = await accountRow(id);
    const secret = await secretIn(row, 'sealedNewSecret');
    if (row.sealedSecret !== null || secret === null) throw isOnAlready();
    const step = timeStepOf(secret, code.replace(/\s/gu, ''));
    if (step === null) throw invalidField('code', 'code.wrong', 'This code does not match.');
    await StaffAccountModel.updateOne(
      { _id: id },
      {
        sealedSecret: await seals(row, 'sealedSecret', secret),
        sealedNewSecret: null,
        lastTimeStep: step,
        recoveryCodes: codes.map(recoveryFingerprint),
      },
    );
    await endSessions(id, account.sessionId);
    await recordAudit(asActor(id), 'staff.second-factor-on', asTarget(id));
    await tellOfChange(row, 'second-factor-on');
  });
  await forgetTries('code', id.toHexString());
  return codes;
}

interface Proof {
  password: string;
  code: string;
}

/** Runs a change that needs the password and a code. @throws Problem invalid for a wrong one. */
async function withProof(
  { id }: Account,
  { password, code }: Proof,
  change: (row: StaffAccountRow) => Promise<void>,
): Promise<void> {
  await confirmPassword(id, password);
  await countTry('code', id.toHexString());
  await inTransaction(async () => {
    const row = await accountRow(id);
    if (!(await acceptCode(row, code))) {
      throw invalidField('code', 'code.wrong', 'This code does not match.');
    }
    await change(row);
  });
  await forgetTries('code', id.toHexString());
}

/** Makes new recovery codes; the old ones end. @throws Problem invalid for a wrong password or code. */
export async function renewRecoveryCodes(account: Account, proof: Proof): Promise<string[]> {
  const codes = newRecoveryCodes();
  await withProof(account, proof, async (row) => {
    const recoveryCodes = codes.map(recoveryFingerprint);
    await StaffAccountModel.updateOne({ _id: row._id }, { recoveryCodes });
    await recordAudit(asActor(row._id), 'staff.recovery-codes-renewed', asTarget(row._id));
    await tellOfChange(row, 'recovery-codes');
  });
  return codes;
}

/** Turns the second factor off. @throws Problem invalid for a wrong password or code. */
export async function endSecondFactor(account: Account, proof: Proof): Promise<void> {
  await withProof(account, proof, async (row) => {
    await StaffAccountModel.updateOne(
      { _id: row._id },
      { sealedSecret: null, sealedNewSecret: null, recoveryCodes: [] },
    );
    await recordAudit(asActor(row._id), 'staff.second-factor-off', asTarget(row._id));
    await tellOfChange(row, 'second-factor-off');
  });
}

/** How many recovery codes are left. */
export async function recoveryCodesLeft({ id }: Account): Promise<number> {
  return (await accountRow(id)).recoveryCodes.length;
}
