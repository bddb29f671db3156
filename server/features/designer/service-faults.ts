import { MOST_SERVICES, type ConfigurationContent } from '../consent/service.ts';
import type { Circumstances, Fault } from './faults.ts';

/** What is wrong with the services of a configuration. */
export function serviceFaults(
  { categories, services, languages }: ConfigurationContent,
  { isTracker }: Pick<Circumstances, 'isTracker'>,
): Fault[] {
  const tooMany: Fault[] =
    services.length > MOST_SERVICES
      ? [
          {
            code: 'services-many',
            about: { count: String(MOST_SERVICES) },
            at: { page: 'purposes', field: 'categories' },
          },
        ]
      : [];
  const ofEach = services.flatMap(({ id, name, category, provider, purpose, domains }) => {
    const fault = (code: string, field: string, about: Fault['about'] = {}): Fault => ({
      code,
      about: { service: name, ...about },
      at: { page: `services/${id}`, field },
    });
    const faults: Fault[] = [];
    if (provider.trim() === '') faults.push(fault('service-provider', 'provider'));
    for (const language of languages) {
      if ((purpose[language] ?? '').trim() !== '') continue;
      faults.push(fault('service-purpose', `purpose-${language}`, { language }));
    }
    if (!categories.some((offered) => offered.id === category)) {
      faults.push(fault('service-category', 'category', { category }));
    }
    const tracker = category === 'necessary' ? domains.find(isTracker) : undefined;
    if (tracker !== undefined) {
      faults.push(fault('service-tracker', 'category', { host: tracker }));
    }
    return faults;
  });
  return [...tooMany, ...ofEach];
}
