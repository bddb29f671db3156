import type { Types } from 'mongoose';
import { invalidField, Problem } from '../../problem.ts';
import { matchesPassword } from '../../security/passwords.ts';
import { StaffAccountModel, type StaffAccountRow } from './model.ts';
import { countTry, forgetTries } from './tries.ts';

/** @throws Problem not-found */
export async function accountRow(id: Types.ObjectId): Promise<StaffAccountRow> {
  const row = await StaffAccountModel.findById(id).lean();
  if (!row) throw new Problem('not-found', 'There is no such account.');
  return row;
}

/** Asks a signed-in person for the password once more. @throws Problem invalid on field `current`, or too-many-requests */
export async function confirmPassword(
  id: Types.ObjectId,
  password: string,
): Promise<StaffAccountRow> {
  const whose = id.toHexString();
  await countTry('password', whose);
  const row = await accountRow(id);
  if (!(await matchesPassword(row.passwordHash, password))) {
    throw invalidField('current', 'password.wrong', 'This is not your password.');
  }
  await forgetTries('password', whose);
  return row;
}
