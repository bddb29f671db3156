import type { Chance } from './chance.ts';
import { mailboxOf } from './organizations.ts';

export interface DemoPerson {
  name: string;
  email: string;
}

// Invented on purpose: given names that exist, family names that hardly do.
const given = {
  en: (
    'Abigail Alistair Anwen Beckett Bronwyn Callum Clementine Cyrus Daphne Elspeth Ezra Felicity ' +
    'Finnian Gwendolyn Hugo Isolde Jonah Keziah Lachlan Linnea Magnus Maren Nadia Noor Orla Percy ' +
    'Priya Quentin Ravi Rosamund Rufus Sabine Samir Tabitha Thaddeus Ursula Viola Winston Yasmin Zora'
  ).split(' '),
  de: (
    'Adelheid Alwin Annika Bastian Carlotta Clemens Dorothea Edda Emil Florentine Gesine Gustav ' +
    'Henrike Ignaz Jasper Johanna Käthe Korbinian Leonore Levin Malte Merle Nepomuk Oskar Paula ' +
    'Philine Quirin Rosalie Rüdiger Severin Theodora Ulrike Veit Wilma Xaver Yvette'
  ).split(' '),
};
const family = {
  en: (
    'Applewhaite Barleycorn Bellweather Birchwater Bramblewick Candlewood Cloverdell Coppergate ' +
    'Dandelow Dewhollow Elderwick Emberstone Fennimore Foxhollow Gallowglen Goldenrod Hazelbrook ' +
    'Heatherley Honeychurch Inglebright Ivorson Kestrelby Lanternfield Larkspurre Maplethorn Meadowes ' +
    'Merriwick Mossgrave Nettlecombe Nightingdale Oatfield Orchardson Pebblemarsh Plumtree Quillmere ' +
    'Ravenscar-Holt Rookhaven Saltmarshe Shadowmere Snowdell Tanglewood Thornapple Umberlake Vinehurst ' +
    'Wetherlam Whistledown Winterbourne-Lee Yarrowby'
  ).split(' '),
  de: (
    'Amselgrund Apfelbaumer Birkenhain Blütenstiel Brombeerig Distelhof Eichenlaub Erlenstegen ' +
    'Farnkrauter Federleicht Fichtelgrün Glockenblum Haselbusch Heidekrauter Himbeerhecke Honigtau ' +
    'Kieselbach Klatschmohner Kornblumer Lavendelmann Lerchensang Lindenblüth Maulwurfer Mirabellen ' +
    'Mondscheiner Nachtfalter Nebelhorner Pusteblumer Quittenkern Regenbogner Sauerampfer Schilfrohrer ' +
    'Seerosner Sonnentau Spatzennest Sternmoos Tannenzapf Veilchenfeld Wacholderer Wiesengrund'
  ).split(' '),
};
const domains = ['example.org', 'example.com', 'example.net', 'mail.example', 'post.example'];

/** So many people with different names. */
export function inventPeople(chance: Chance, language: 'en' | 'de', count: number): DemoPerson[] {
  const names = given[language].flatMap((first) =>
    family[language].map((last) => `${first} ${last}`),
  );
  return chance
    .shuffled(names)
    .slice(0, count)
    .map((name) => ({ name, email: `${mailboxOf(name)}@${chance.pick(domains)}` }));
}
