/** Promises of first rank that touch requests and are kept by what is built after them. */
export const later: readonly { id: string; says: string; why: string }[] = [
  {
    id: 'P-008',
    says: 'recipients hear of deletions and corrections',
    why: 'fulfilment in connected systems',
  },
  { id: 'P-010', says: 'disclosures to authorities are on record', why: 'register of disclosures' },
  {
    id: 'P-015',
    says: 'covered entities hear of breaches in time',
    why: 'breach register; its dates are counted already',
  },
  {
    id: 'P-021',
    says: 'deletion of client records is deferred to their date',
    why: 'retention schedules',
  },
  {
    id: 'P-023',
    says: 'a legal hold stops deletion, and its end resumes it',
    why: 'retention schedules',
  },
  {
    id: 'P-025',
    says: 'people get a certificate of erasure',
    why: 'fulfilment in connected systems',
  },
  { id: 'P-104', says: 'each disclosure has one of five reasons', why: 'register of disclosures' },
  {
    id: 'P-303',
    says: 'each transfer has one of the listed reasons',
    why: 'register of disclosures',
  },
  {
    id: 'P-304',
    says: 'treatment, payment and operations stay out of the accounting',
    why: 'register of disclosures',
  },
  { id: 'P-306', says: 'a court order opens a legal hold', why: 'retention schedules' },
  { id: 'P-409', says: 'sharing has one of five reasons', why: 'register of disclosures' },
  { id: 'P-412', says: 'agents use data only to help', why: 'fulfilment in connected systems' },
];
