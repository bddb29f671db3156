import { inTransaction } from '../../database/transaction.ts';
import { tellStaff } from './mails.ts';
import { moveRequest } from './moving.ts';
import type { Person } from './person.ts';
import type { Versioned } from './schema.ts';

/** Says a second time: yes, delete it. Those who work on it are told. @throws Problem not-allowed-now, conflict */
export async function confirmDeletion(person: Person, { version }: Versioned): Promise<void> {
  await inTransaction(async () => {
    const row = await moveRequest(person, person.requestId, {
      name: 'confirm',
      version,
      change: { confirmedAt: new Date() },
    });
    await tellStaff(person.organization, row, 'confirmed');
  });
}
