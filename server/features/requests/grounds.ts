import type { RegimeId } from '../../../config/regimes.ts';
import { unitedStates } from '../../../config/right-catalogue.ts';
import type { RightId } from '../../../config/rights.ts';

/** A reason for which the law lets an organisation turn a request down. */
interface Ground {
  readonly code: string;
  /** Absent: for every right. */
  readonly rights?: readonly RightId[];
  /** Absent: under every regime, and where none applies. */
  readonly regimes?: readonly RegimeId[];
  /** A reviewer who had no part in the refusal looks again when asked (45 CFR 164.524(a)(4), (d)). */
  readonly isReviewable?: true;
  readonly sources: readonly string[];
}

const gdprAndUk = ['gdpr', 'uk-gdpr'] as const;

/** Why a keeper of health records may say no; some refusals are looked at again by somebody else. */
const hipaaGrounds = [
  {
    code: 'psychotherapy-notes',
    rights: ['access', 'portability', 'amendment'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.524(a)(1)(i)'],
  },
  {
    code: 'made-for-proceedings',
    rights: ['access', 'portability', 'amendment'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.524(a)(1)(ii)'],
  },
  {
    code: 'custody',
    rights: ['access', 'portability'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.524(a)(2)(ii)'],
  },
  {
    code: 'ongoing-research',
    rights: ['access', 'portability'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.524(a)(2)(iii)'],
  },
  {
    code: 'confidential-source',
    rights: ['access', 'portability'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.524(a)(2)(v)'],
  },
  {
    code: 'danger-to-life',
    rights: ['access', 'portability'],
    regimes: ['hipaa'],
    isReviewable: true,
    sources: ['45 CFR 164.524(a)(3)(i)'],
  },
  {
    code: 'harm-to-others',
    rights: ['access', 'portability'],
    regimes: ['hipaa'],
    isReviewable: true,
    sources: ['45 CFR 164.524(a)(3)(ii)'],
  },
  {
    code: 'harm-by-representative',
    rights: ['access', 'portability'],
    regimes: ['hipaa'],
    isReviewable: true,
    sources: ['45 CFR 164.524(a)(3)(iii)'],
  },
  {
    code: 'not-created-here',
    rights: ['correction', 'amendment'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.526(a)(2)(i)'],
  },
  {
    code: 'not-in-record-set',
    rights: ['access', 'portability', 'correction', 'amendment'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.524(a)(1), 164.526(a)(2)(ii)'],
  },
  {
    code: 'accounting-suspended',
    rights: ['disclosure-accounting'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.528(a)(2)(i)'],
  },
] as const satisfies readonly Ground[];

/** The coded grounds of refusal. Texts are in the templates; each refusal also says why in words. */
export const refusalGrounds = [
  {
    code: 'manifestly-unfounded',
    regimes: [...gdprAndUk, 'ccpa'],
    sources: ['GDPR Art. 12(5)(b)', 'Cal. Civ. Code 1798.145(h)(3)'],
  },
  {
    code: 'excessive',
    regimes: [...gdprAndUk, 'ccpa'],
    sources: ['GDPR Art. 12(5)(b)', 'Cal. Civ. Code 1798.145(h)(3)'],
  },
  {
    code: 'identity-not-proved',
    sources: ['GDPR Art. 12(2), 12(6)', '11 CCR 7021(b), 7062', '45 CFR 164.514(h)'],
  },
  { code: 'no-data-held', sources: ['GDPR Art. 15(1)', '11 CCR 7024'] },
  {
    // Refused in documented good faith; the answer says so.
    code: 'suspected-fraud',
    regimes: unitedStates,
    sources: ['11 CCR 7026(e), 7027(f)', 'ORS 646A.576(5)(e)'],
  },
  {
    code: 'agent-not-authorised',
    sources: ['11 CCR 7063', 'GDPR Art. 12(6)', '45 CFR 164.502(g)'],
  },
  {
    code: 'asked-too-often',
    rights: ['access', 'access-categories', 'portability'],
    regimes: ['ccpa'],
    sources: ['Cal. Civ. Code 1798.130(b)'],
  },
  {
    code: 'state-exemption',
    regimes: unitedStates,
    sources: ['Cal. Civ. Code 1798.145'],
  },
  { code: 'not-controller', sources: ['GDPR Art. 28(3)(e)', '45 CFR 164.504(e)'] },
  {
    code: 'legal-obligation',
    rights: ['deletion', 'restriction', 'objection'],
    sources: ['GDPR Art. 17(3)(b)', 'Cal. Civ. Code 1798.105(d)(8)'],
  },
  {
    code: 'legal-claims',
    rights: ['deletion', 'restriction', 'objection'],
    sources: ['GDPR Art. 17(3)(e), 18(2), 21(1)', 'Cal. Civ. Code 1798.145(a)'],
  },
  {
    code: 'rights-of-others',
    rights: ['access', 'portability'],
    sources: ['GDPR Art. 15(4), 20(4)', '11 CCR 7024'],
  },
  {
    code: 'trade-secrets',
    rights: ['access', 'portability', 'automated-review'],
    regimes: [...gdprAndUk, ...unitedStates],
    sources: ['GDPR recital 63', 'Cal. Civ. Code 1798.100(f)'],
  },
  {
    code: 'still-needed',
    rights: ['deletion'],
    sources: ['GDPR Art. 17(1)(a), 17(3)', 'Cal. Civ. Code 1798.105(d)'],
  },
  {
    code: 'free-expression',
    rights: ['deletion'],
    sources: ['GDPR Art. 17(3)(a)', 'Cal. Civ. Code 1798.105(d)(4)'],
  },
  {
    code: 'public-health',
    rights: ['deletion', 'restriction'],
    regimes: gdprAndUk,
    sources: ['GDPR Art. 17(3)(c)'],
  },
  {
    code: 'research-or-archive',
    rights: ['deletion', 'objection'],
    sources: ['GDPR Art. 17(3)(d), 21(6)', 'Cal. Civ. Code 1798.105(d)(6)'],
  },
  {
    code: 'security-of-service',
    rights: ['deletion'],
    regimes: ['ccpa'],
    sources: ['Cal. Civ. Code 1798.105(d)(2)'],
  },
  {
    code: 'data-are-accurate',
    rights: ['correction', 'amendment', 'restriction'],
    sources: ['GDPR Art. 16, 18(1)(a)', '11 CCR 7023', '45 CFR 164.526(a)(2)(iv)'],
  },
  {
    code: 'compelling-grounds',
    rights: ['objection'],
    regimes: gdprAndUk,
    sources: ['GDPR Art. 21(1)'],
  },
  {
    code: 'not-based-on-consent-or-contract',
    rights: ['portability'],
    regimes: gdprAndUk,
    sources: ['GDPR Art. 20(1)(a)'],
  },
  {
    code: 'no-reason-to-restrict',
    rights: ['restriction'],
    regimes: gdprAndUk,
    sources: ['GDPR Art. 18(1)'],
  },
  {
    code: 'restriction-not-owed',
    rights: ['restriction'],
    regimes: ['hipaa'],
    sources: ['45 CFR 164.522(a)(1)(ii)'],
  },
  {
    code: 'not-automated',
    rights: ['automated-review'],
    sources: ['GDPR Art. 22(1)'],
  },
  {
    code: 'answer-was-right',
    rights: ['appeal'],
    sources: ['Va. Code 59.1-577(C)'],
  },
  ...hipaaGrounds,
  { code: 'other-exemption', sources: [] },
] as const satisfies readonly Ground[];

export type RefusalGround = (typeof refusalGrounds)[number]['code'];
export const refusalGroundCodes = refusalGrounds.map(({ code }) => code);

/** Grounds as they are written down, by code. */
export const groundByCode: ReadonlyMap<RefusalGround, Ground> = new Map(
  refusalGrounds.map((ground) => [ground.code, ground]),
);

/** Why an answer may take longer: GDPR Art. 12(3), 11 CCR 7021(b), 45 CFR 164.524(b)(2)(ii). */
export const extensionReasons = ['complexity', 'number-of-requests', 'hard-to-retrieve'] as const;
export type ExtensionReason = (typeof extensionReasons)[number];

interface Asked {
  right: RightId;
  regimes: readonly RegimeId[];
  needsProof: boolean;
}

/** The grounds that some law gives for a request. One that needs no proof is not refused for want of it (11 CCR 7060). */
export function groundsFor({ right, regimes, needsProof }: Asked): RefusalGround[] {
  return refusalGrounds
    .filter((ground: Ground) => {
      if (ground.code === 'identity-not-proved' && !needsProof) return false;
      const isForRight = ground.rights?.includes(right) ?? true;
      return isForRight && (ground.regimes?.some((regime) => regimes.includes(regime)) ?? true);
    })
    .map(({ code }) => code);
}
