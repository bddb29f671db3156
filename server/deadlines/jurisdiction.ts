import { deadlineRules } from '../../config/law/rules.ts';
import { regimeIds, type RegimeId } from '../../config/regimes.ts';
import type { DataClass, RightId } from '../../config/rights.ts';

/** Where a person says they live: an ISO 3166-1 country and, where laws differ, its part. */
export interface Residence {
  readonly country: string;
  readonly state: string | null;
}

/** Laws about one right only: they say nothing about any other request. */
const onlyFor: Readonly<Partial<Record<RegimeId, RightId>>> = {
  'can-spam': 'marketing-opt-out',
  casl: 'marketing-opt-out',
};

/**
 * The regimes under which a request falls, in a fixed order; none means that only the
 * organisation's own promise applies. Only regimes that the organisation offers are returned. The
 * declared residence decides; where it is not known (null), every offered regime may apply, and
 * the strictest date of each duty counts.
 *
 * Health records kept under HIPAA fall under it wherever the patient lives, and never under the
 * CCPA (Cal. Civ. Code 1798.145(c)) or its sisters; the GDPR covers them like any other data.
 */
export function regimesFor(
  residence: Residence | null,
  dataClass: DataClass,
  offered: readonly RegimeId[],
  right: RightId = 'access',
): RegimeId[] {
  return regimeIds.filter(
    (regime) =>
      offered.includes(regime) &&
      (onlyFor[regime] ?? right) === right &&
      deadlineRules.some(
        (rule) =>
          rule.regime === regime &&
          rule.dataClasses.includes(dataClass) &&
          (residence === null || isIn(residence, rule)),
      ),
  );
}

function isIn(
  { country, state }: Residence,
  { jurisdictions, notIn = [] }: { jurisdictions: readonly string[]; notIn?: readonly string[] },
): boolean {
  const part = state === null ? null : `${country}-${state}`;
  if (part !== null && notIn.includes(part)) return false;
  return jurisdictions.some((place) => place === '*' || place === country || place === part);
}

/** ISO 3166-1 codes, and XK for Kosovo, which has none of its own. `Intl.DisplayNames` has names. */
export const countries: readonly string[] = (
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR ' +
  'BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ ' +
  'EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW ' +
  'GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY ' +
  'KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV ' +
  'MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY ' +
  'QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG ' +
  'TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ' +
  'ZM ZW'
).split(' ');

/** The fifty States and the District of Columbia; the territories are countries of their own. */
export const usStates: readonly string[] = (
  'AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH ' +
  'NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY'
).split(' ');

/** The provinces and territories of Canada. */
export const canadianProvinces: readonly string[] = 'AB BC MB NB NL NS NT NU ON PE QC SK YT'.split(
  ' ',
);

/** The parts of a country that have laws of their own; none for most. */
export const partsOf = (country: string): readonly string[] =>
  country === 'US' ? usStates : country === 'CA' ? canadianProvinces : [];
