import { optOutEntries, type ConsentModel } from '../../../config/consent.ts';
import type { ConfigurationContent } from '../consent/service.ts';
import type { Circumstances, Fault } from './faults.ts';
import { rootDomainOf } from './trackers.ts';

const STRICTNESS: Record<ConsentModel, number> = { notice: 0, 'opt-out': 1, 'opt-in': 2 };

/** Whether a model asks for less than another one. */
export const isWeaker = (model: ConsentModel, than: ConsentModel) =>
  STRICTNESS[model] < STRICTNESS[than];

/** What is wrong with the look of a configuration. Colours that cannot be read are repaired by the banner itself. */
export const lookFaults = ({ look: { accent, theme } }: ConfigurationContent): Fault[] =>
  theme === 'brand' && accent === null
    ? [{ code: 'brand-colour', about: {}, at: { page: 'look', field: 'accent' } }]
    : [];

/** Where a configuration stays behind what the laws themselves ask for. */
export function lawFaults(
  { laws: chosen }: ConfigurationContent,
  { laws }: Pick<Circumstances, 'laws'>,
): Fault[] {
  return chosen.flatMap((row) => {
    const law = laws.find(({ regime }) => regime === row.regime);
    if (!law) return [];
    const fault = (code: string, field: string, about: Fault['about'] = {}): Fault => ({
      code,
      about: { law: row.regime, ...about },
      at: { page: `law/${row.regime}`, field },
    });
    const entry = optOutEntries.find((id) => law.entries.includes(id) && !row.entries.includes(id));
    return [
      ...(isWeaker(row.model, law.model)
        ? [fault('law-model', 'model', { model: law.model })]
        : []),
      ...(law.requiresGpc && !row.honoursGpc ? [fault('law-gpc', 'honoursGpc')] : []),
      ...(entry === undefined ? [] : [fault('law-entry', 'entries', { entry })]),
      ...(row.refusalDays < law.refusalDays
        ? [fault('law-pause', 'refusalDays', { days: String(law.refusalDays) })]
        : []),
    ];
  });
}

/** Whether a cookie of a domain is seen on a host (RFC 6265, section 5.1.3). */
export const isCovered = (host: string, domain: string) =>
  host === domain || host.endsWith(`.${domain}`);

/** What is wrong with the settings of a configuration. */
export function settingFaults(
  { policyUrl, laws, regimeMode, cookieDomain, group }: ConfigurationContent,
  { origins, otherHosts }: Pick<Circumstances, 'origins' | 'otherHosts'>,
): Fault[] {
  const offered = regimeMode === 'strictest' ? laws.slice(0, 1) : laws;
  const asks = offered.some(({ model }) => model === 'opt-in');
  const hosts = origins.map((origin) => new URL(origin).hostname);
  const uncovered =
    cookieDomain === null ? undefined : hosts.find((host) => !isCovered(host, cookieDomain));
  const isShared =
    cookieDomain !== null && hosts.some((host) => !isCovered(cookieDomain, rootDomainOf(host)));
  return [
    ...(asks && policyUrl === null
      ? [{ code: 'policy-missing', about: {}, at: { page: 'law', field: 'policyUrl' } }]
      : []),
    ...(uncovered === undefined
      ? isShared
        ? [
            {
              code: 'cookie-domain-shared',
              about: {},
              at: { page: 'technical', field: 'cookieDomain' },
            },
          ]
        : []
      : [
          {
            code: 'cookie-domain',
            about: { host: uncovered },
            at: { page: 'technical', field: 'cookieDomain' },
          },
        ]),
    ...group
      .filter((host) => !otherHosts.includes(host))
      .map((host) => ({
        code: 'group-host',
        about: { host },
        at: { page: 'technical', field: 'group' },
      })),
  ];
}
