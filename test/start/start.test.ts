import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { freePort } from '../support/ports.ts';
import { aDataFolder, startProduct, type Product } from '../support/product.ts';
import { skipOnGivenServer } from '../support/server.ts';

describe('npm start', () => {
  const started: Product[] = [];
  const folders: ReturnType<typeof aDataFolder>[] = [];

  async function start(environment: Record<string, string> = {}, data = aFolder()) {
    const [PORT, DEMO_PORT] = [await freePort(), await freePort()].map(String) as [string, string];
    const product = startProduct({ PORT, DEMO_PORT, HABEAS_DATA_DIR: data, ...environment });
    started.push(product);
    return { product, data, demo: `http://127.0.0.1:${DEMO_PORT}` };
  }

  function aFolder(): string {
    const folder = aDataFolder();
    folders.push(folder);
    return folder.data;
  }

  afterEach(async () => {
    await Promise.all(started.splice(0).map((product) => product.stop()));
    for (const folder of folders.splice(0)) folder.remove();
  });

  it('prints where to go, and every place answers', async () => {
    const { product, demo } = await start();
    await product.ready;
    expect((await fetch(`${product.origin}/readyz`)).status).to.equal(200);
    const printed = product.output();
    for (const name of [
      'Privacy centre',
      'Dashboard',
      'First administrator',
      'Demo website',
      'Outbox',
    ]) {
      const url = new RegExp(`${name}\\s+(http://\\S+)`, 'u').exec(printed)?.[1];
      expect(url, name).to.be.a('string');
      expect((await fetch(url!)).status, `${name}: ${url!}`).to.equal(200);
    }
    expect((await fetch(demo)).status).to.equal(200);
  });

  it('is ready again, with what was there before', async function () {
    skipOnGivenServer(this, 'the key file beside the data folder.');
    const { product, data } = await start();
    await product.ready;
    const first = /First administrator\s+\S+/u.test(product.output());
    await product.stop();
    const again = await start({}, data);
    await again.product.ready;
    expect(first).to.equal(true);
    expect(existsSync(`${data}.key`)).to.equal(true);
    expect(statSync(`${data}.key`).mode & 0o777).to.equal(0o600);
  });

  it('leaves nothing running when its supervisor is killed', async () => {
    const { product, data } = await start();
    await product.ready;
    product.process.kill('SIGKILL');
    await product.ended;
    const again = startProduct({
      PORT: new URL(product.origin).port,
      DEMO_PORT: 'off',
      HABEAS_DATA_DIR: data,
    });
    started.push(again);
    await again.ready;
  });

  it('runs twice on one machine, side by side', async () => {
    const [one, other] = [await start(), await start()];
    await Promise.all([one.product.ready, other.product.ready]);
    for (const { product } of [one, other]) {
      expect((await fetch(`${product.origin}/readyz`)).status).to.equal(200);
    }
  });

  it('starts in production', async () => {
    const { product } = await start({
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      GEOIP_FILE: 'missing.mmdb',
    });
    await product.ready;
    expect((await fetch(`${product.origin}/readyz`)).status).to.equal(200);
    expect(product.output()).to.contain('GEOIP_FILE cannot be read (ENOENT): the strictest law');
  });

  it('starts in a folder whose path is too long for a socket', async function () {
    skipOnGivenServer(this, 'only the embedded engine listens in a folder.');
    const { product } = await start({}, `${aFolder()}/${'x'.repeat(100)}`);
    await product.ready;
    expect((await fetch(`${product.origin}/readyz`)).status).to.equal(200);
  });

  it('refuses a data folder that another one uses, and says so', async function () {
    skipOnGivenServer(this, 'nodes share a database.');
    const { product, data } = await start();
    await product.ready;
    const second = await start({}, data);
    expect(await second.product.ended).not.to.equal(0);
    expect(second.product.output()).to.contain(`${data}/database is already open in process`);
    expect((await fetch(`${product.origin}/readyz`)).status).to.equal(200);
  });

  it('refuses a wrong installation key', async function () {
    skipOnGivenServer(this, 'the key file beside the data folder.');
    const { product, data } = await start();
    await product.ready;
    await product.stop();
    writeFileSync(`${data}.key`, Buffer.alloc(32, 1).toString('base64'));
    const again = await start({}, data);
    expect(await again.product.ended).to.equal(78);
    expect(again.product.output()).to.contain('The installation key is not the one');
    expect(readFileSync(`${data}.key`, 'utf8')).to.have.lengthOf(44);
  });

  it('names a setting that is wrong and how to mend it', async () => {
    const { product } = await start({ SMTP_URL: 'mail.example.org' });
    expect(await product.ended).to.equal(78);
    expect(product.output()).to.contain('SMTP_URL is not usable: use smtp://');
  });

  it('names a port that is taken', async () => {
    const { product } = await start();
    await product.ready;
    const PORT = new URL(product.origin).port;
    const second = await start({ PORT });
    expect(await second.product.ended).to.equal(78);
    expect(second.product.output()).to.contain(`Port ${PORT} is taken`);
  });
});
