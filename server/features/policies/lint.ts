import { textFindings, type Finding, type PolicyConfiguration } from './finding.ts';
import { passagesOf, quoteOf } from './passages.ts';
import { differencesOf } from './setting-rules.ts';
import { textRules } from './text-rules.ts';

/**
 * What in a privacy notice contradicts itself, the law, or the organisation's settings. It reads
 * English; `isEnglish` tells whether a text is. Pure: the same text and settings, the same findings.
 */
export function lintPolicy(text: string, configuration: PolicyConfiguration): Finding[] {
  const reading = { passages: passagesOf(text), configuration };
  const inText = textFindings.flatMap((code): Finding[] => {
    const found = textRules[code](reading);
    if (found === null) return [];
    return [{ code, quote: found === 'whole' ? '' : quoteOf(found), facts: {} }];
  });
  return [...inText, ...differencesOf(reading)];
}
