import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../support/ports.ts';
import { aDataFolder, startProduct, type Product } from '../support/product.ts';
import { skipOnGivenServer } from '../support/server.ts';

/** The processes below one. */
function childrenOf({ process: { pid } }: Product): number[] {
  const kernelsList = `/proc/${pid}/task/${pid}/children`;
  if (existsSync(kernelsList)) {
    return readFileSync(kernelsList, 'utf8').split(' ').filter(Boolean).map(Number);
  }
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/u).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function within(seconds: number, isSo: () => boolean): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  while (!isSo() && Date.now() < end) await wait(25);
  return isSo();
}

describe('Web and worker below their supervisor', () => {
  let folder: ReturnType<typeof aDataFolder>;
  let environment: Record<string, string> & { HABEAS_DATA_DIR: string };
  const started: Product[] = [];

  const start = (more: Record<string, string> = {}): Product => {
    const product = startProduct({ ...environment, ...more });
    started.push(product);
    return product;
  };

  beforeEach(async () => {
    folder = aDataFolder();
    environment = {
      PORT: String(await freePort()),
      DEMO_PORT: 'off',
      HABEAS_DATA_DIR: folder.data,
    };
  });
  afterEach(async () => {
    for (const product of started.splice(0)) await product.stop();
    folder.remove();
  });

  it('end when it is killed, and the next start finds port and folder free', async () => {
    const product = start();
    await product.ready;
    const children = childrenOf(product);
    expect(children).to.have.lengthOf(2);
    product.process.kill('SIGKILL');
    await product.ended;
    await start().ready;
    expect(await within(10, () => !children.some(isAlive))).to.equal(true);
  });

  it('stay one of a kind: a second start on their folder ends with a sentence and changes nothing', async function () {
    skipOnGivenServer(this, 'nodes share a database.');
    const first = start();
    await first.ready;
    const link = /First administrator\s+(\S+)/u.exec(first.output())?.[1] ?? '';
    const second = start();
    expect(await second.ended).to.equal(78);
    expect(second.output()).to.include('already open in process').and.not.include('is ready');
    expect((await fetch(link)).status).to.equal(200);
  });

  it('both start where only another address than 127.0.0.1 is listened on', async () => {
    const product = start({ HOST: '127.0.0.2' });
    await product.ready;
    expect(childrenOf(product)).to.have.lengthOf(2);
  });

  it('answer what is being asked before they end', async () => {
    const product = start();
    await product.ready;
    const asking = request(`${product.origin}/c/nobody/choices`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': 2,
        connection: 'close',
        expect: '100-continue',
      },
    });
    asking.write('{');
    await once(asking, 'continue');
    product.process.kill('SIGTERM');
    await wait(1000);
    asking.end('}');
    const [reply] = (await once(asking, 'response')) as [IncomingMessage];
    expect(reply.statusCode).to.equal(422);
    expect(await product.ended).to.equal(0);
  });

  it('do not start on an address of another machine, and say so', async () => {
    const product = start({ HOST: '203.0.113.9' });
    expect(await product.ended).to.equal(78);
    expect(product.output()).to.include('HOST is not usable').and.not.include('starts again');
  });
});
