import {
  consentLaws,
  consentModels,
  lookCorners,
  lookPositions,
  lookThemes,
  optionalCategoryIds,
  optOutEntries,
  regimeModes,
  type ConsentLaw,
} from '../../../config/consent.ts';
import type { Language } from '../../language.ts';
import { buttonColours, lawName } from '../consent/service.ts';
import {
  controlsOf,
  type Control,
  type Designed,
  type Filling,
  type FormModel,
  type Listing,
} from './controls.ts';
import { allowedTrackers } from './remarks.ts';
import { isWeaker } from './setting-faults.ts';
import { isTracker } from './trackers.ts';

/** What a brand colour becomes where its buttons could not be seen or read; nothing where it stays as it is. */
function repairedText(accent: string | null, { t }: Language): Control[] {
  if (accent === null) return [];
  const [light, dark] = [buttonColours(accent, 'light').fill, buttonColours(accent, 'dark').fill];
  return light === accent && dark === accent
    ? []
    : [{ text: t('designer.look.repaired', { light, dark }) }];
}

/** Place, theme and colour of a banner. */
export function lookForm({ content: { look } }: Designed, filling: Filling): FormModel {
  const { t } = filling.language;
  const { choices, field, wrong } = controlsOf(filling);
  const cards = (name: 'position' | 'corner' | 'theme', values: readonly string[]) =>
    choices(
      name,
      look[name],
      values.map((value) => ({
        value,
        title: t(name === 'corner' ? `designer.corner.${value}` : `consent.${name}.${value}`),
      })),
      { columns: true },
    );
  return {
    section: 'look',
    intro: t('designer.look.intro'),
    wrong,
    panels: [
      {
        id: 'shape',
        heading: t('designer.look.shape'),
        controls: [
          cards('position', lookPositions),
          cards('theme', lookThemes),
          cards('corner', lookCorners),
        ],
      },
      {
        id: 'colour',
        heading: t('designer.look.colour'),
        controls: [
          field(['accent'], look.accent, {
            short: true,
            optional: true,
            maxlength: 7,
            spellcheck: 'false',
          }),
          ...repairedText(look.accent, filling.language),
        ],
      },
    ],
  };
}

function lawsListing({ content, designUrl }: Designed, language: Language): Listing {
  const { t } = language;
  return {
    id: 'laws',
    heading: t('designer.law.laws'),
    text: t(
      content.regimeMode === 'strictest' ? 'designer.law.onlyFirst' : 'designer.law.lawsText',
    ),
    table: {
      caption: t('designer.law.laws'),
      columns: [
        { label: t('designer.law.law') },
        { label: t('designer.field.model') },
        { label: t('designer.law.signal') },
        { label: t('designer.law.pause') },
        { label: t('designer.field.entries') },
      ],
      rows: content.laws.map(({ regime, model, honoursGpc, refusalDays, entries }) => ({
        cells: [
          { text: lawName(language, regime), href: `${designUrl}/law/${regime}` },
          { text: t(`consent.model.${model}`) },
          { text: t(honoursGpc ? 'designer.yes' : 'designer.no') },
          { text: t('consent.version.days', { count: refusalDays }) },
          { text: entries.map((entry) => t(`designer.entry.${entry}`)).join('; ') },
        ],
      })),
    },
  };
}

/** Which law holds for whom, and what holds under all of them. */
export function lawForm(of: Designed, filling: Filling): FormModel {
  const { content } = of;
  const { language } = filling;
  const { t } = language;
  const { choices, field, checkbox, wrong } = controlsOf(filling);
  const number = { kind: 'number', short: true };
  return {
    section: 'law',
    intro: t('designer.law.intro'),
    wrong,
    panels: [
      {
        id: 'which',
        heading: t('designer.law.which'),
        controls: [
          choices(
            'regimeMode',
            content.regimeMode,
            regimeModes.map((value) => ({
              value,
              title: t(`designer.law.mode.${value}.title`),
              description: t(`designer.law.mode.${value}.text`),
            })),
          ),
        ],
      },
      {
        id: 'all',
        heading: t('designer.law.all'),
        controls: [
          field(['policyUrl'], content.policyUrl, { kind: 'url', optional: true }),
          field(['renewAfterDays'], content.renewAfterDays, { ...number, min: '30', max: '400' }),
          field(['cookieDays'], content.cookieDays, { ...number, min: '1', max: '400' }),
          field(['minimumAge'], content.minimumAge, {
            ...number,
            min: '12',
            max: '21',
            optional: true,
          }),
          checkbox('honoursDnt', content.honoursDnt),
        ],
      },
    ],
    listings: [lawsListing(of, language)],
  };
}

/** How one law is followed: never less strictly than it asks for. */
export function regimeForm({ designUrl }: Designed, row: ConsentLaw, filling: Filling): FormModel {
  const { language } = filling;
  const { t } = language;
  const { choices, field, checkbox, wrong } = controlsOf(filling);
  const law = consentLaws.find(({ regime }) => regime === row.regime) ?? row;
  return {
    section: 'law',
    heading: lawName(language, row.regime),
    intro: law.sources.join('; '),
    up: { href: `${designUrl}/law`, label: t('designer.section.law') },
    wrong,
    panels: [
      {
        id: 'model-panel',
        heading: t('designer.field.model'),
        controls: [
          choices(
            'model',
            row.model,
            consentModels
              .filter((model) => !isWeaker(model, law.model))
              .map((value) => ({
                value,
                title: t(`consent.model.${value}`),
                description: t(`designer.model.${value}`),
              })),
          ),
        ],
      },
      {
        id: 'signals',
        heading: t('designer.law.signals'),
        controls: [
          checkbox('honoursGpc', law.requiresGpc || row.honoursGpc, {
            disabled: law.requiresGpc,
            hint: t(law.requiresGpc ? 'designer.law.gpcRequired' : 'designer.hint.honoursGpc'),
          }),
          field(['refusalDays'], row.refusalDays, {
            kind: 'number',
            short: true,
            min: String(law.refusalDays),
            max: '730',
            hint: t('designer.hint.refusalDays', { count: law.refusalDays }),
          }),
          choices(
            'entries',
            row.entries,
            optOutEntries.map((value) => ({
              value,
              title: t(`designer.entry.${value}`),
              description: t(
                law.entries.includes(value)
                  ? 'designer.law.entryRequired'
                  : `designer.law.entryText`,
              ),
            })),
            { multiple: true, optional: true },
          ),
        ],
      },
    ],
  };
}

/** Nobody is forbidden to let a tracker through, and nobody does it unawares. */
function trackersNotice(content: Designed['content'], { t }: Language): Control[] {
  const hosts = allowedTrackers(content, { isTracker }).join(', ');
  return hosts === ''
    ? []
    : [{ notice: { tone: 'warning', text: t('designer.technical.trackers', { hosts }) } }];
}

/** What the widget does beneath the surface. */
export function technicalForm(
  { content }: Designed,
  { otherHosts }: { otherHosts: readonly string[] },
  filling: Filling,
): FormModel {
  const { t } = filling.language;
  const { choices, field, area, checkbox, wrong } = controlsOf(filling);
  const groupHosts = [...new Set([...otherHosts, ...content.group])].sort();
  return {
    section: 'technical',
    wrong,
    panels: [
      {
        id: 'blocking',
        heading: t('designer.technical.blocking'),
        controls: [
          checkbox('blocksTrackers', content.blocksTrackers),
          area(['allowed'], content.allowed.join('\n'), { optional: true }),
          ...trackersNotice(content, filling.language),
          checkbox('consentMode', content.consentMode),
        ],
      },
      {
        id: 'sharing',
        heading: t('designer.technical.sharing'),
        controls: [
          field(['cookieDomain'], content.cookieDomain, {
            optional: true,
            short: true,
            spellcheck: 'false',
          }),
          groupHosts.length === 0
            ? { text: t('designer.technical.noOtherSites') }
            : choices(
                'group',
                content.group,
                groupHosts.map((value) => ({ value, title: value })),
                { multiple: true, optional: true },
              ),
        ],
      },
      {
        id: 'counting',
        heading: t('designer.technical.counting'),
        controls: [checkbox('countsPrompts', content.countsPrompts)],
      },
      {
        id: 'clearing',
        heading: t('designer.technical.clearing'),
        text: t('designer.technical.clearingText'),
        controls: optionalCategoryIds.map((id) =>
          area(['cookies', id], content.cookies[id].join(' '), {
            label: t(`consent.category.${id}`),
            hint: '',
            rows: 2,
            maxlength: 2000,
            optional: true,
            spellcheck: 'false',
          }),
        ),
      },
    ],
  };
}
