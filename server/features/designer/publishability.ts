import type { ConfigurationContent } from '../consent/service.ts';
import type { Circumstances, Fault } from './faults.ts';
import { lawFaults, lookFaults, settingFaults } from './setting-faults.ts';
import { serviceFaults } from './service-faults.ts';
import { wordFaults } from './word-faults.ts';

/**
 * Everything that is missing before a configuration may be shown to visitors; empty when it may be published. Refusing
 * must be as easy as accepting (GDPR Art. 4(11) and 7; EDPB Guidelines 05/2020; CCPA, 11 CCR § 7004).
 */
export function publishability(
  content: ConfigurationContent,
  circumstances: Circumstances,
): Fault[] {
  return [
    ...wordFaults(content),
    ...serviceFaults(content, circumstances),
    ...lookFaults(content),
    ...lawFaults(content, circumstances),
    ...settingFaults(content, circumstances),
  ];
}
