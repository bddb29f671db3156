import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { kept } from './support/promises/kept.ts';
import { later } from './support/promises/later.ts';

const titlesIn = new Map<string, Set<string>>();

/** Titles of the tests of a file, as they are written there; tests that are skipped have none. */
function titlesOf(file: string): Set<string> {
  const known = titlesIn.get(file);
  if (known) return known;
  const whole = path.join(import.meta.dirname, file);
  const source = existsSync(whole) ? readFileSync(whole, 'utf8') : '';
  const found = source.matchAll(/\bit\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gsu);
  const titles = new Set([...found].map(([, , title = '']) => title.replaceAll("\\'", "'")));
  titlesIn.set(file, titles);
  return titles;
}

describe('Every promise about requests, rights, identity, roles and channels', () => {
  for (const { id, says, proofs } of kept) {
    it(`is proved by tests that there are: ${id}, ${says}`, () => {
      expect(proofs, 'tests').to.have.length.greaterThan(0);
      for (const [file, title] of proofs) {
        expect([...titlesOf(file)], `${file} has “${title}”`).to.include(title);
      }
    });
  }

  it('is listed once, kept or with what it waits for', () => {
    const ids = [...kept, ...later].map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).to.match(/^P-[0-4]\d\d$/u);
    for (const { id, why } of later) expect(why, id).not.to.equal('');
  });
});
