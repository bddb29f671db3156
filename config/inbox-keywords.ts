import type { RightId } from './rights.ts';

/**
 * Words from which a right is guessed, by language. They only fill a form in that somebody then
 * reads; the order is the order of precedence, the most particular right first.
 */
export const rightKeywords: readonly (readonly [
  RightId,
  Readonly<Record<string, readonly string[]>>,
])[] = [
  [
    'sale-opt-out',
    {
      en: ['do not sell', "don't sell", 'sale of my', 'do not share my'],
      de: ['nicht verkaufen', 'verkauf meiner'],
      fr: ['ne vendez pas', 'ne pas vendre', 'vente de mes'],
      es: ['no venda', 'no vender', 'venta de mis'],
    },
  ],
  [
    'marketing-opt-out',
    {
      en: ['unsubscribe', 'newsletter', 'advertising', 'marketing'],
      de: ['abbestellen', 'newsletter', 'werbung'],
      fr: ['désabonner', 'désinscrire', 'publicité', 'prospection'],
      es: ['dar de baja', 'darme de baja', 'publicidad', 'boletín'],
    },
  ],
  [
    'deletion',
    {
      en: ['delete', 'erase', 'erasure', 'deletion', 'be forgotten'],
      de: ['löschen', 'löschung', 'löscht', 'vergessenwerden'],
      fr: ['effacer', 'effacement', 'supprimer', 'suppression', "droit à l'oubli"],
      es: ['borrar', 'suprimir', 'supresión', 'eliminar', 'eliminación', 'derecho al olvido'],
    },
  ],
  [
    'correction',
    {
      en: ['correct my', 'correction', 'rectify', 'rectification', 'wrong address'],
      de: ['berichtigen', 'berichtigung', 'korrigieren', 'falsch gespeichert'],
      fr: ['rectifier', 'rectification', 'corriger'],
      es: ['rectificar', 'rectificación', 'corregir'],
    },
  ],
  [
    'portability',
    {
      en: ['portability', 'machine-readable', 'transfer my data'],
      de: ['datenübertragbarkeit', 'übertragbarkeit', 'maschinenlesbar'],
      fr: ['portabilité'],
      es: ['portabilidad'],
    },
  ],
  [
    'consent-withdrawal',
    {
      en: ['withdraw my consent', 'revoke my consent', 'withdraw consent'],
      de: ['einwilligung widerrufen', 'widerrufe meine einwilligung', 'widerruf der einwilligung'],
      fr: ['retirer mon consentement', 'retire mon consentement', 'retrait du consentement'],
      es: ['retirar mi consentimiento', 'retiro mi consentimiento', 'revocar mi consentimiento'],
    },
  ],
  [
    'objection',
    {
      en: ['object to', 'objection'],
      de: ['widerspruch', 'widerspreche'],
      fr: ["m'oppose", 'opposition', "m'opposer"],
      es: ['me opongo', 'oposición', 'oponerme'],
    },
  ],
  [
    'restriction',
    {
      en: ['restrict', 'restriction'],
      de: ['einschränkung der verarbeitung', 'verarbeitung einschränken'],
      fr: ['limitation du traitement', 'limiter le traitement'],
      es: ['limitación del tratamiento', 'limitar el tratamiento'],
    },
  ],
  [
    'access',
    {
      en: [
        'access request',
        'subject access',
        'copy of my',
        'what data',
        'data you hold',
        'my records',
      ],
      de: ['auskunft', 'kopie meiner', 'welche daten', 'gespeicherten daten'],
      fr: ["droit d'accès", "demande d'accès", 'copie de mes', 'quelles données'],
      es: ['derecho de acceso', 'acceso a mis', 'copia de mis', 'qué datos'],
    },
  ],
  [
    'complaint',
    {
      en: ['complaint', 'complain'],
      de: ['beschwerde'],
      fr: ['réclamation', 'plainte'],
      es: ['reclamación', 'queja'],
    },
  ],
];
