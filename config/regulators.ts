/**
 * Whom a person may complain to, as data. A figure of which nobody is sure is left out: a website
 * is enough to find the rest.
 */

export interface Regulator {
  readonly id: string;
  /** As the authority calls itself. */
  readonly name: string;
  readonly website: string;
  readonly phone?: string;
  readonly address?: string;
}

/** Where an authority answers for: ISO 3166-1 countries, ISO 3166-2 states, or a regime. */
interface Area {
  readonly places: readonly string[];
  readonly regulators: readonly Regulator[];
}

const area = (place: string, regulator: Omit<Regulator, 'id'>, ...more: string[]): Area => ({
  places: [place, ...more],
  regulators: [{ id: place, ...regulator }],
});

const named = (place: string, name: string, website: string) => area(place, { name, website });

/** The authorities of the thirty EEA states (GDPR Art. 51), the United Kingdom and Switzerland. */
const europe: readonly Area[] = [
  area('AT', {
    name: 'Österreichische Datenschutzbehörde',
    website: 'https://www.dsb.gv.at',
    phone: '+43 1 52 152-0',
    address: 'Barichgasse 40-42, 1030 Wien',
  }),
  area('BE', {
    name: 'Autorité de protection des données / Gegevensbeschermingsautoriteit',
    website: 'https://www.autoriteprotectiondonnees.be',
    phone: '+32 2 274 48 00',
  }),
  named('BG', 'Комисия за защита на личните данни', 'https://www.cpdp.bg'),
  named(
    'CY',
    'Office of the Commissioner for Personal Data Protection',
    'https://www.dataprotection.gov.cy',
  ),
  named('CZ', 'Úřad pro ochranu osobních údajů', 'https://uoou.gov.cz'),
  area('DE', {
    name: 'Die Bundesbeauftragte für den Datenschutz und die Informationsfreiheit',
    website: 'https://www.bfdi.bund.de',
    phone: '+49 228 997799-0',
    address: 'Graurheindorfer Straße 153, 53117 Bonn',
  }),
  named('DK', 'Datatilsynet', 'https://www.datatilsynet.dk'),
  named('EE', 'Andmekaitse Inspektsioon', 'https://www.aki.ee'),
  area('ES', {
    name: 'Agencia Española de Protección de Datos',
    website: 'https://www.aepd.es',
    address: 'Calle Jorge Juan 6, 28001 Madrid',
  }),
  area('FI', { name: 'Tietosuojavaltuutetun toimisto', website: 'https://tietosuoja.fi' }, 'AX'),
  area(
    'FR',
    {
      name: 'Commission nationale de l’informatique et des libertés (CNIL)',
      website: 'https://www.cnil.fr',
      phone: '+33 1 53 73 22 22',
      address: '3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07',
    },
    'GF',
    'GP',
    'MF',
    'MQ',
    'RE',
    'YT',
  ),
  named('GR', 'Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα', 'https://www.dpa.gr'),
  named('HR', 'Agencija za zaštitu osobnih podataka', 'https://azop.hr'),
  named('HU', 'Nemzeti Adatvédelmi és Információszabadság Hatóság', 'https://www.naih.hu'),
  named('IE', 'Data Protection Commission', 'https://www.dataprotection.ie'),
  named('IS', 'Persónuvernd', 'https://www.personuvernd.is'),
  area('IT', {
    name: 'Garante per la protezione dei dati personali',
    website: 'https://www.garanteprivacy.it',
    phone: '+39 06 69677 1',
    address: 'Piazza Venezia 11, 00187 Roma',
  }),
  named('LI', 'Datenschutzstelle Fürstentum Liechtenstein', 'https://www.datenschutzstelle.li'),
  named('LT', 'Valstybinė duomenų apsaugos inspekcija', 'https://vdai.lrv.lt'),
  named('LU', 'Commission nationale pour la protection des données', 'https://cnpd.public.lu'),
  named('LV', 'Datu valsts inspekcija', 'https://www.dvi.gov.lv'),
  named('MT', 'Office of the Information and Data Protection Commissioner', 'https://idpc.org.mt'),
  area('NL', {
    name: 'Autoriteit Persoonsgegevens',
    website: 'https://www.autoriteitpersoonsgegevens.nl',
    address: 'Postbus 93374, 2509 AJ Den Haag',
  }),
  named('NO', 'Datatilsynet', 'https://www.datatilsynet.no'),
  named('PL', 'Prezes Urzędu Ochrony Danych Osobowych', 'https://uodo.gov.pl'),
  named('PT', 'Comissão Nacional de Proteção de Dados', 'https://www.cnpd.pt'),
  named(
    'RO',
    'Autoritatea Națională de Supraveghere a Prelucrării Datelor cu Caracter Personal',
    'https://www.dataprotection.ro',
  ),
  named('SE', 'Integritetsskyddsmyndigheten', 'https://www.imy.se'),
  named('SI', 'Informacijski pooblaščenec', 'https://www.ip-rs.si'),
  named('SK', 'Úrad na ochranu osobných údajov', 'https://dataprotection.gov.sk'),
  area('GB', {
    name: 'Information Commissioner’s Office',
    website: 'https://ico.org.uk',
    phone: '0303 123 1113',
    address: 'Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF',
  }),
  area('CH', {
    name: 'Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter',
    website: 'https://www.edoeb.admin.ch',
    phone: '+41 58 462 43 95',
    address: 'Feldeggweg 1, 3003 Bern',
  }),
];

const attorney = (state: string, name: string, website: string) =>
  named(`US-${state}`, `${name} Attorney General`, website);

/** Who enforces the privacy law of a State of the United States. */
const unitedStates: readonly Area[] = [
  {
    places: ['US-CA'],
    regulators: [
      {
        id: 'US-CA-CPPA',
        name: 'California Privacy Protection Agency',
        website: 'https://cppa.ca.gov',
      },
      { id: 'US-CA', name: 'California Attorney General', website: 'https://oag.ca.gov' },
    ],
  },
  attorney('CO', 'Colorado', 'https://coag.gov'),
  attorney('CT', 'Connecticut', 'https://portal.ct.gov/ag'),
  attorney('DE', 'Delaware', 'https://attorneygeneral.delaware.gov'),
  attorney('FL', 'Florida', 'https://www.myfloridalegal.com'),
  attorney('IA', 'Iowa', 'https://www.iowaattorneygeneral.gov'),
  attorney('IN', 'Indiana', 'https://www.in.gov/attorneygeneral'),
  attorney('KY', 'Kentucky', 'https://www.ag.ky.gov'),
  attorney('MD', 'Maryland', 'https://oag.maryland.gov'),
  attorney('MN', 'Minnesota', 'https://www.ag.state.mn.us'),
  attorney('MT', 'Montana', 'https://dojmt.gov'),
  attorney('NE', 'Nebraska', 'https://ago.nebraska.gov'),
  attorney('NH', 'New Hampshire', 'https://www.doj.nh.gov'),
  attorney('NJ', 'New Jersey', 'https://www.njoag.gov'),
  attorney('NV', 'Nevada', 'https://ag.nv.gov'),
  attorney('OR', 'Oregon', 'https://www.doj.state.or.us'),
  attorney('RI', 'Rhode Island', 'https://riag.ri.gov'),
  attorney('TN', 'Tennessee', 'https://www.tn.gov/attorneygeneral'),
  attorney('TX', 'Texas', 'https://www.texasattorneygeneral.gov'),
  attorney('UT', 'Utah', 'https://attorneygeneral.utah.gov'),
  attorney('VA', 'Virginia', 'https://www.oag.state.va.us'),
  attorney('WA', 'Washington State', 'https://www.atg.wa.gov'),
];

/** Health records under HIPAA: a complaint within 180 days (45 CFR 160.306). */
const hipaa: Area = area('hipaa', {
  name: 'U.S. Department of Health and Human Services, Office for Civil Rights',
  website: 'https://www.hhs.gov/ocr',
  phone: '1-800-368-1019',
  address: '200 Independence Avenue SW, Washington, DC 20201',
});

export const regulatorAreas: readonly Area[] = [hipaa, ...europe, ...unitedStates];
