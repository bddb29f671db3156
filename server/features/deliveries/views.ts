import type { Language } from '../../language.ts';
import type { MailState } from '../../mail/model.ts';
import type { Delivery } from './service.ts';

const TONES: Record<MailState, { tone: string; icon: string }> = {
  queued: { tone: 'info', icon: 'clock' },
  sending: { tone: 'info', icon: 'send' },
  sent: { tone: 'success', icon: 'check' },
  outbox: { tone: 'neutral', icon: 'inbox' },
  refused: { tone: 'danger', icon: 'danger' },
  bounced: { tone: 'danger', icon: 'danger' },
  erased: { tone: 'neutral', icon: 'trash' },
};

/** Which sentence explains what a mail server said (RFC 5321, section 4.2.3; RFC 3463, section 3). */
export function reasonOf(error: string): string {
  const [reply = '', enhanced = ''] = error.split(' ');
  const [, subject = '', detail = ''] = enhanced.split('.');
  if (/^[A-Z]/u.test(reply)) {
    return /^E(?:AUTH|TLS|SENDER)$/u.test(reply)
      ? reply.toLowerCase()
      : /^(?:EMESSAGE|EENVELOPE)$/u.test(reply)
        ? 'unsendable'
        : 'unreachable';
  }
  if (reply.startsWith('4')) return 'later';
  if (subject === '2' && detail === '2') return 'full';
  if (subject === '1' || (enhanced === '' && /^55[013]$/u.test(reply))) return 'unknown-mailbox';
  if (enhanced === '' && reply === '552') return 'full';
  return subject === '7' ? 'policy' : 'refused';
}

export function stateBadge(state: MailState, language: Language) {
  return { text: language.t(`mail.state.${state}`), ...TONES[state] };
}

/** What a mail is for, in words. */
export function templateName(template: string, language: Language): string {
  const key = `mail.template.${template}`;
  return language.has(key) ? language.t(key) : template;
}

/** One line on how far a mail has come. */
export function progressOf(
  { state, sentAt, nextActionAt, lastError }: Delivery,
  language: Language,
  timeZone: string,
): string {
  if (state === 'sent' && sentAt) {
    return language.t('mail.progress.sent', { at: language.moment(sentAt, timeZone) });
  }
  if (state === 'queued' && lastError !== null && nextActionAt) {
    return language.t('mail.progress.again', { at: language.moment(nextActionAt, timeZone) });
  }
  if (state === 'refused' && lastError !== null) {
    return language.t(`mail.reason.${reasonOf(lastError)}.title`);
  }
  return language.t(`mail.progress.${state}`);
}
