/** What is written in the scenes of the demo. */
export const sceneTexts = {
  proof: 'Came to the front desk and is known to two colleagues there.',
  letter: 'Summary of the calls with our service desk in spring, all of them invented.',
  answered: 'Here is everything that we hold about you, in one package with an overview.',
  categories:
    'The categories of data, where they come from and who receives them are listed above.',
  reviewed: 'A colleague looked at your case again: the account limit was lifted this morning.',
  limited: 'From now on we use what is sensitive only for what you asked us to do.',
  partly: 'Your account and your messages are deleted. Invoices stay until the law lets them go.',
  appeal: 'The invoices carry my private address. Please look at this part again.',
  apology: 'Lamentamos la espera: su queja tenía razón y hemos cambiado el procedimiento.',
  unproved: 'We could not make sure that this request comes from you, so nothing was handed out.',
  documentReason:
    'Two people with this name hold an account with us, so we have to tell them apart.',
  consent: 'La lettre mensuelle sur les nouveautés du jardin',
  consentEnded: 'C’est fait : vous ne recevrez plus cette lettre, et votre accord est effacé.',
  copy: 'I would like to see what you keep about me, from my first order to the last call.',
  topic: { topic: 'marketing' },
  marketing: { purpose: 'marketing' },
  wishes: {
    en: 'I left the company that registered me; please delete what you still hold about me.',
    de: 'Bitte senden Sie mir eine Übersicht aller Angaben, die bei Ihnen über mich liegen.',
    fr: 'Je souhaite recevoir une copie de toutes les données que vous conservez à mon sujet.',
    es: 'Les ruego que eliminen mi cuenta y todos los datos que guardan sobre mí.',
  },
  questions: {
    fr: 'Pourriez-vous préciser de quel compte il s’agit : celui de la boutique ou celui du portail ?',
  },
  decision: {
    decision: 'My account limit was lowered overnight',
    'decided-on': '2026-06-01',
    view: 'Nobody called me, and all my invoices of the year were paid on time.',
  },
  complaint: {
    complaint: 'Esperé tres semanas y nadie contestó a mis dos mensajes.',
    remedy: 'Una disculpa y una fecha concreta.',
  },
  child: {
    relation: 'parent',
    age: 'under-13',
    child: 'My daughter opened an account under the name of her rabbit, Sir Hopsalot.',
  },
  incident: {
    incident: 'The partner portal showed me the order list of a stranger for a minute.',
    ongoing: 'no',
  },
  correction: {
    field: 'Telephone number',
    present: 'The one of my former flat',
    wanted: 'Please use the number of my new flat in Imaginary Crescent.',
  },
  amendment: {
    field: 'Allergies in the visit note',
    wanted: 'I am allergic to penicillin, not to pollen.',
    reason: 'The note mixes me up with my sister, who was there the same day.',
  },
  kept: {
    category: 'Invoices of the last seven years',
    reason: 'legal-obligation',
    law: 'Tax law',
    'deleted-on': '2033-01-31',
  },
} as const;
