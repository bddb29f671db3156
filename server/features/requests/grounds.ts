import type { RegimeId } from '../../../config/regimes.ts';
import type { RightId } from '../../../config/rights.ts';

/** A reason for which the law lets an organisation turn a request down. */
interface Ground {
  readonly code: string;
  /** Absent: for every right. */
  readonly rights?: readonly RightId[];
  /** Absent: under every regime, and where none applies. */
  readonly regimes?: readonly RegimeId[];
  readonly sources: readonly string[];
}

const gdprAndUk = ['gdpr', 'uk-gdpr'] as const;

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
    sources: ['GDPR Art. 15(4), 20(4)', '45 CFR 164.524(a)(3)'],
  },
  {
    code: 'still-needed',
    rights: ['deletion'],
    sources: ['GDPR Art. 17(1)(a), 17(3)', 'Cal. Civ. Code 1798.105(d)'],
  },
  {
    code: 'data-are-accurate',
    rights: ['correction', 'restriction'],
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
  { code: 'other-exemption', sources: [] },
] as const satisfies readonly Ground[];

export type RefusalGround = (typeof refusalGrounds)[number]['code'];
export const refusalGroundCodes = refusalGrounds.map(({ code }) => code);

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
