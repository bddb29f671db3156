import { localDay } from '../../deadlines/days.ts';
import { staffJson, staffPage, type Door } from '../../http/doors.ts';
import type { Organization } from '../organizations/service.ts';
import { clockView } from './clock-view.ts';
import { explainClock } from './clocks.ts';
import { explainCase } from './explanation.ts';
import { explanationReply } from './replies.ts';
import {
  madeUpCase,
  typedCase,
  type CaseField,
  type MadeUpCase,
  type TypedCase,
} from './schema.ts';
import {
  caseForm,
  explanationView,
  kindOf,
  kindTabs,
  labelOf,
  placeAsked,
  questionsView,
} from './view.ts';

/** The case that was typed, or the fields that cannot be used. */
function readCase(typed: TypedCase): { given: MadeUpCase } | { faulty: CaseField[] } {
  const result = madeUpCase.validate(typed, { abortEarly: false, convert: true });
  if (!result.error) return { given: result.value };
  return { faulty: result.error.details.map(({ path }) => path[0] as CaseField) };
}

const explain = (organization: Organization, { kind, ...given }: MadeUpCase) =>
  kind === 'request'
    ? explainCase(organization, { kind, ...given })
    : explainClock(organization, { kind, ...given });

const showExplanation = staffPage<Record<string, never>, TypedCase>('deadlines:read', {
  method: 'get',
  path: '/o/:organization/deadlines',
  query: typedCase,
  act: ({ staff, language, query }) => {
    const { organization } = staff;
    const { t } = language;
    const typed = { receivedOn: localDay(new Date(), organization.timeZone), ...query };
    const read = readCase(typed);
    const errors =
      'faulty' in read
        ? Object.fromEntries(read.faulty.map((field) => [field, t('deadlines.explain.error')]))
        : {};
    const kind = kindOf(typed);
    const here = `/o/${organization.slug}/deadlines`;
    const place = placeAsked(language, here, kind, query);
    const explanation = 'given' in read && !place ? explain(organization, read.given) : null;
    return Promise.resolve({
      page: 'deadlines/explain',
      model: {
        here,
        kinds: kindTabs(language, here, kind),
        form: caseForm(language, organization, typed, errors),
        errorList: Object.entries(errors).map(([field, text]) => ({
          href: `#${field}`,
          text: `${t(labelOf(field as CaseField, kind))}: ${text}`,
        })),
        explanation:
          explanation &&
          ('kind' in explanation
            ? clockView(language, explanation, organization.timeZone)
            : explanationView(language, explanation)),
        place,
        questions:
          kind === 'request' && explanation && questionsView(language, explanation.regimes),
      },
    });
  },
});

const explainJson = staffJson('deadlines:read', {
  method: 'get',
  path: '/api/v1/organizations/:organization/deadlines',
  name: 'explainDate',
  summary:
    'Every date of a made-up request, breach, notice or span of keeping, with each step and the other readings; nothing is kept',
  query: madeUpCase,
  replies: { 200: { description: 'The dates', schema: explanationReply } },
  act: ({ staff, query }) => Promise.resolve({ json: explain(staff.organization, query) }),
});

/** Explain a date: anyone on staff tries any case. */
export const explainPages: Door[] = [showExplanation, explainJson];
