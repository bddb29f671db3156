import type { Language } from '../../language.ts';
import { centrePath } from '../../centre.ts';
import type { OwnRequest } from './own-requests.ts';
import { ownStateBadge } from './portal-view.ts';
import type { SignedIn } from './signed-in.ts';
import { groupOf } from './states.ts';

/** The host's sign-in, told what to put into the assertion so that only this browser can use it. */
export function refreshUrl(signInUrl: string, nonce: string): string {
  const url = new URL(signInUrl);
  url.searchParams.set('nonce', nonce);
  return url.href;
}

const valueText = (language: Language, value: string | number | boolean) => {
  if (typeof value === 'string') return value;
  return typeof value === 'number'
    ? language.number(value)
    : language.t(`signed-in.home.${value ? 'yes' : 'no'}`);
};

/** Who somebody is here, what their page passed along, and what they have asked for. */
export function signedInView(
  language: Language,
  { name, email, issuer, profile, organization, authenticatedAt }: SignedIn,
  requests: readonly OwnRequest[],
) {
  const { t, day, moment } = language;
  const signal = requests.find(({ channel }) => channel === 'gpc');
  return {
    signal: signal && {
      title: t('signed-in.signal.title'),
      text: t('signed-in.signal.text', {
        organization: organization.name,
        at: moment(signal.receivedAt, organization.timeZone),
      }),
    },
    facts: [
      ...(name === '' ? [] : [{ term: t('signed-in.home.name'), text: name }]),
      { term: t('signed-in.home.email'), text: email },
      {
        term: t('signed-in.home.signedIn'),
        text: moment(authenticatedAt, organization.timeZone),
        sub: issuer.name,
      },
    ],
    profile: Object.entries(profile).map(([term, value]) => ({
      term,
      text: valueText(language, value),
    })),
    profileText: t('signed-in.home.profileText', { name: issuer.name }),
    requests: requests.map(({ reference, right, state, receivedAt, dueOn }) => ({
      reference,
      title: t(`privacy.right.${right}.title`),
      text: t(groupOf(state) === 'closed' ? 'signed-in.home.closed' : 'signed-in.home.open', {
        received: moment(receivedAt, organization.timeZone),
        due: day(dueOn),
      }),
      badge: ownStateBadge(language, state),
      openUrl: `${centrePath(organization)}/signed-in/requests/${reference}`,
    })),
  };
}
