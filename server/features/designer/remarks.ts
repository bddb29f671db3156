import type { ConfigurationContent } from '../consent/service.ts';
import type { Circumstances, Fault } from './faults.ts';
import { isUntranslated } from './sentences.ts';

/** Hosts let through without any choice that belong to known trackers. */
export const allowedTrackers = (
  { allowed }: Pick<ConfigurationContent, 'allowed'>,
  { isTracker }: Pick<Circumstances, 'isTracker'>,
): string[] => allowed.filter(isTracker);

/** What may be published as it is, and is worth a look before: the sentences `designer.remark.<code>`. */
export function remarksOn(
  content: ConfigurationContent,
  circumstances: Pick<Circumstances, 'isTracker'>,
): Fault[] {
  const { languages, services } = content;
  const hosts = allowedTrackers(content, circumstances);
  const trackers: Fault = {
    code: 'tracker-allowed',
    about: { host: hosts.join(', ') },
    at: { page: 'technical', field: 'allowed' },
  };
  const untranslated = languages.flatMap((language): Fault[] => {
    const still = services.filter((service) => isUntranslated(service, language, content));
    const [first] = still;
    if (!first) return [];
    const about = { language, service: still.map(({ name }) => name).join(', ') };
    const at = { page: `services/${first.id}`, field: `purpose-${language}` };
    return [{ code: 'purpose-untranslated', about, at }];
  });
  return [...(hosts.length > 0 ? [trackers] : []), ...untranslated];
}
