/**
 * What a business must never disclose to a Californian who asks for it, even a verified one; it
 * says only that it holds such a thing (11 CCR 7024(d)). Passwords and security answers are not
 * disclosed to anybody.
 */
interface Undisclosed {
  readonly kind: string;
  /** The name of a field, in lower case with single spaces between words. */
  readonly names: RegExp;
  /** Values that give themselves away whatever their field is called. */
  readonly values?: RegExp;
  readonly everywhere?: true;
}

export const undisclosed = [
  {
    kind: 'social-security-number',
    names: /\b(?:ssn|social security(?: number| no)?|sozialversicherungsnummer|itin)\b/u,
    values: /^\d{3}-\d{2}-\d{4}$/u,
  },
  {
    kind: 'government-id',
    names:
      /\b(?:(?:driver s|drivers|driver|driving) licen[cs]e(?: number| no)?|passport(?: number| no)?|national id(?: number)?|government id(?: number)?|id card(?: number)?|tax id|permis de conduire|ausweisnummer|dni|nie)\b/u,
  },
  {
    kind: 'financial-account',
    names:
      /\b(?:iban|bank account(?: number| no)?|account number|routing number|card number|credit card(?: number)?|debit card(?: number)?|pan|cvv|cvc)\b/u,
    values: /^[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?$/u,
  },
  {
    kind: 'health-insurance-id',
    names:
      /\b(?:(?:health )?insurance (?:id|number|no|member id)|member id|policy number|subscriber id|versichertennummer)\b/u,
  },
  {
    kind: 'medical-id',
    names:
      /\b(?:mrn|medical record (?:id|number|no)|medical (?:id|identification number)|patient (?:id|number)|npi)\b/u,
  },
  {
    kind: 'password',
    names:
      /\b(?:password|passwort|passphrase|password hash|pwd|pin|mot de passe|contrase(?:n|ñ)a)\b/u,
    everywhere: true,
  },
  {
    kind: 'security-answers',
    names: /\b(?:security (?:question|answer)s?|secret (?:question|answer)s?)\b/u,
    everywhere: true,
  },
  {
    kind: 'biometrics',
    names:
      /\b(?:fingerprints?|face ?prints?|voice ?prints?|iris(?: scan)?|retina(?: scan)?|biometrics?|biometric template)\b/u,
  },
] as const satisfies readonly Undisclosed[];

export type UndisclosedKind = (typeof undisclosed)[number]['kind'];
