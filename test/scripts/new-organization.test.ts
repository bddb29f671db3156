import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect } from 'chai';
import { readOrder, WrongOrder } from '../../scripts/new-organization/order.ts';
import { aDataFolder } from '../support/product.ts';
import { settingsInPlaceOf } from '../support/server.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');

describe('npm run new-organization', () => {
  const folder = aDataFolder();
  after(() => {
    folder.remove();
  });

  const run = (...given: string[]) =>
    new Promise<{ code: number | string | null | undefined; output: string }>((resolve) => {
      execFile(
        process.execPath,
        ['--import=tsx', 'scripts/new-organization.ts', ...given],
        {
          cwd: projectFolder,
          env: {
            PATH: process.env.PATH,
            HABEAS_DATA_DIR: folder.data,
            ...settingsInPlaceOf(folder.data),
          },
        },
        (error, stdout, stderr) => {
          resolve({ code: error ? error.code : 0, output: stdout + stderr });
        },
      );
    });

  it('makes one from a preset, says what it made, and refuses the same short name', async () => {
    const order = ['--preset', 'clinic-management', '--slug', 'west', '--name', 'Clinic West'];
    const made = await run(...order);
    expect(made.code, made.output).to.equal(0);
    expect(made.output)
      .to.include('Clinic West is ready; it starts as clinic-management.')
      .and.include('/privacy/west')
      .and.include('as the law says')
      .and.include('3 categories, 7 purposes, 2 recipients')
      .and.include('LIA-improvement');
    const again = await run(...order);
    expect(again.code).to.equal(1);
    expect(again.output).to.include(
      'No organisation was made. Another organisation has this short name.',
    );
  });

  for (const [given, sentence] of [
    ['', '--preset is missing.'],
    ['--preset shop --slug a --name Name', '--preset: shop is not one of managed-it, '],
    ['--preset blank', '--slug is missing. --name is missing.'],
    ['--preset blank --slug -x --name Name', "Option '--slug' argument is ambiguous"],
    ['--preset blank --slug A_B --name Name --time-zone Mars', '--time-zone cannot be used.'],
    ['--preset blank --slug a --name Name --languages en,xx', '--languages cannot be used.'],
    ['--preset blank --slug a --name Name --email nobody', '--email cannot be used.'],
    ['--colour red', "Unknown option '--colour'"],
  ] as const) {
    it(`says what is wrong: ${given}`, () => {
      const words = given.split(' ').filter((word) => word !== '');
      expect(() => readOrder(words)).to.throw(WrongOrder, sentence);
    });
  }

  it('takes languages in their order, and the kind’s own rights', () => {
    const { preset, input } = readOrder(
      '--preset managed-it --slug a1 --name Name --languages de,en --time-zone UTC'.split(' '),
    );
    expect(preset?.id).to.equal('managed-it');
    expect(input).to.deep.include({ languages: ['de', 'en'], timeZone: 'UTC', promiseDays: 30 });
    expect(input.rights).to.include('limit-sensitive').and.not.include('automated-review');
  });
});
