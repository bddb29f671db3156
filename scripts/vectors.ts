import { readFileSync } from 'node:fs';
import { calendarIds } from '../config/law/calendars.ts';
import { calendarOf, type Calendar } from '../server/deadlines/calendars.ts';
import { addDays } from '../server/deadlines/days.ts';
import { computeVector, differencesOf, missingReadings, type VectorFile } from './vectors/run.ts';

/** Says where the tables of a file and our own calendars differ. */
function calendarDifferences({ calendars = {} }: VectorFile): string[] {
  return Object.entries(calendars).flatMap(([name, { holidays }]) => {
    const id = calendarIds.find((known) => known === name);
    if (!id) return [`${name}: not one of our calendars, the file's table is used`];
    const own: Calendar = calendarOf(id);
    const table = new Set(holidays);
    const [first = '', last = ''] = [holidays[0], holidays.at(-1)];
    const found: string[] = [];
    const end = `${last.slice(0, 4)}-12-31`;
    for (let day = `${first.slice(0, 4)}-01-01`; day <= end; day = addDays(day, 1)) {
      if (table.has(day) && !own.isHoliday(day)) found.push(`${name}: we lack ${day}`);
      if (!table.has(day) && own.isHoliday(day)) found.push(`${name}: we add ${day}`);
    }
    return found;
  });
}

function main(path: string | undefined): number {
  if (path === undefined) {
    console.error('Usage: npm run vectors -- <file>');
    return 2;
  }
  const file = JSON.parse(readFileSync(path, 'utf8')) as VectorFile;
  for (const line of calendarDifferences(file)) console.log(line);
  let passed = 0;
  for (const vector of file.vectors) {
    try {
      const computed = computeVector(vector, file);
      const differences = differencesOf(vector, computed);
      if (differences.length === 0) passed += 1;
      const verdict = differences.length === 0 ? 'pass' : 'FAIL';
      console.log(`${verdict} ${vector.id} ${vector.title} (${computed.steps} steps)`);
      for (const { field, expected, found } of differences) {
        console.log(`     ${field}: expected ${String(expected)}, computed ${String(found)}`);
      }
      for (const reading of missingReadings(vector, computed)) {
        console.log(`     other reading not shown: ${reading}`);
      }
    } catch (error) {
      console.log(`FAIL ${vector.id} ${vector.title}: ${(error as Error).message}`);
    }
  }
  console.log(`${passed} of ${file.vectors.length} vectors pass.`);
  return passed === file.vectors.length ? 0 : 1;
}

process.exitCode = main(process.argv[2]);
