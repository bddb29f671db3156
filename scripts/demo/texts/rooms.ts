import type { DemoOrganization } from '../organizations.ts';

interface Customer {
  name: string;
  contactName: string;
  email: string;
  phone: string;
}

const customers: Record<string, readonly (readonly [name: string, contact: string])[]> = {
  fernhill: [
    ['Goosefeather Family Clinic', 'Peregrine Wolcottsby'],
    ['Larchmoor Outpatient Group', 'Millicent Tarnbrook'],
  ],
  harbourlight: [
    ['Pelican Point Clinic', 'Theodosia Crannock'],
    ['Saltbush Urgent Care', 'Barnaby Wickersham-Dale'],
  ],
  lindenhof: [['Tannenblick Hausarztpraxis', 'Walburga Steinpilzer']],
  oakmere: [['Wrenfold Village Surgery', 'Ambrose Tidewater']],
  silverbirch: [
    ['Thistledown Teaching Hospital', 'Leocadia Brimstow'],
    ['Quarrybank Medical School', 'Ignatius Fellmonger'],
  ],
};

/** Whom an organisation serves. */
export const customersOf = ({ slug }: DemoOrganization): Customer[] =>
  (customers[slug] ?? []).map(([name, contactName], at) => ({
    name,
    contactName,
    email: `data-desk-${at + 1}@${name.split(' ')[0]?.toLowerCase() ?? slug}.example`,
    phone: `+1 212 555 01${70 + at}`,
  }));

/** What each notice says beside the common part: something that its settings do not bear out. */
const oddities: Record<string, string> = {
  fernhill:
    'We answer every request within 45 days. We do not sell your personal information. Our marketing partners set cookies on our websites.',
  harbourlight:
    'We respond to requests within 45 days. All messages between clinics and patients are end-to-end encrypted.',
  lindenhof:
    'We respond to requests within one month. We collect anonymous usage figures of website visitors, such as IP addresses and device identifiers.',
  oakmere:
    'We respond to requests within one month. Advertising partners may set cookies when you book. We never sell personal data.',
  silverbirch:
    'We respond to requests within 45 days. Cases are end-to-end encrypted while they are shared.',
};

/** A short privacy notice of an invented company. */
export const noticeOf = ({ name, slug }: DemoOrganization) =>
  [
    `Privacy notice of ${name}`,
    'Last updated on 2 February 2026, effective on 4 March 2026.',
    'What we collect and why',
    'We keep account details, what you write to us, and what our servers note when you use them. We use them to provide our services, for billing, and to keep our systems safe.',
    'How long we keep it',
    'Account details are kept for seven years after an agreement ends. Server logs are deleted after 24 months.',
    'Your rights',
    `You may ask for access, correction and deletion. ${oddities[slug] ?? ''}`,
    'To exercise your rights, use our privacy centre, or write to us by post or e-mail.',
    'You may complain to the supervisory authority where you live, such as the Information Commissioner.',
    'Contact',
    `${name}. Everything in this notice is invented. The privacy centre lists our addresses.`,
  ].join('\n\n');

export const letterEnding = {
  en: 'Our privacy desk is staffed on weekdays from nine to five.',
  de: 'Unser Datenschutzteam ist werktags von neun bis siebzehn Uhr für Sie da.',
} as const;

const mails = {
  en: {
    name: 'Cressida Mapplewick',
    subject: 'Please delete what you hold about me',
    text: 'Good morning,\n\nI moved abroad in June and no longer use your services.\nPlease delete all my data and tell me when it is done.\n\nCressida Mapplewick',
  },
  de: {
    name: 'Roswitha Nebelkamm',
    subject: 'Auskunft zu meinen gespeicherten Daten',
    text: 'Guten Morgen,\n\nbitte senden Sie mir eine Kopie aller Daten, die Sie zu meiner Person gespeichert haben.\n\nRoswitha Nebelkamm',
  },
};

const senderOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@mail.example`;

/** A mail that waits in the inbox. */
export function mailFor({ slug, languages }: DemoOrganization, to: string) {
  const { name, subject, text } = mails[languages[0]];
  const from = senderOf(name);
  const head = [`From: ${name} <${from}>`, `To: ${to}`, `Subject: ${subject}`];
  const raw = [
    ...head,
    `Message-ID: <${slug}-1@mail.example>`,
    `Date: ${new Date().toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    text,
  ].join('\r\n');
  return { from, raw };
}

/** Somebody who said on the telephone that they want no advertising. */
export const opposedAddress = ({ slug }: DemoOrganization) => `no.adverts.${slug}@post.example`;

/** All of it that is personal. */
export const secretsInRooms = (organization: DemoOrganization): string[] => {
  const { name, subject, text } = mails[organization.languages[0]];
  return [
    opposedAddress(organization),
    ...[name, senderOf(name), subject, ...text.split('\n')],
    ...customersOf(organization).flatMap((customer) => Object.values(customer) as string[]),
  ];
};
