import { randomUUID } from 'node:crypto';
import { localDay } from '../../server/deadlines/days.ts';

/** What staff write down of a letter, as the form sends it. */
export const typedEntry = (given: Record<string, string> = {}): Record<string, string> => ({
  formKey: randomUUID(),
  right: 'access',
  country: 'DE',
  state: '',
  dataClass: 'ordinary',
  channel: 'post',
  receivedOn: localDay(new Date(), 'Europe/Berlin'),
  lateReason: '',
  name: 'Ada Beispiel',
  email: '',
  phone: '',
  post: 'Am Hang 3, 12345 Musterstadt',
  language: 'en',
  details: 'A copy of my file, please.',
  level: '0',
  method: '',
  ...given,
});
