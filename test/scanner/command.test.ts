import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { openPlantedSite, type PlantedSite } from './planted-site.ts';

describe('npm run scan', () => {
  let site: PlantedSite;
  before(async () => {
    site = await openPlantedSite();
  });
  after(() => site.close());

  async function run(...given: string[]): Promise<{ code: number; said: string }> {
    const child = spawn(process.execPath, ['--import=tsx', 'scripts/scan.ts', ...given], {
      env: { ...process.env, LOG_LEVEL: 'fatal' },
    });
    const [said, told, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    return { code, said: said + told };
  }

  it('ends with 1 and names what broke the rules', async () => {
    const { code, said } = await run(
      `http://127.0.0.1:${site.port}/`,
      ...['--pages', '1', '--settle', '200'],
    );
    expect(code).to.equal(1);
    expect(said).to.match(/before-consent\s+cookie _ga \(analytics\) on http/u);
  });

  it('ends with 2 when the site cannot be reached, and with 64 when it is not told which', async () => {
    const gone = await run('http://127.0.0.1:9/', '--pages', '1');
    expect(gone.code).to.equal(2);
    expect(gone.said).to.contain('ERR_');
    const nothing = await run();
    expect(nothing.code).to.equal(64);
    expect(nothing.said).to.contain('Usage: npm run scan');
  });
});
