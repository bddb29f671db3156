import { expect } from 'chai';
import Database from 'libsql';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { engineUri, startEngine } from '../../server/database/engine/start.ts';
import { endProcess, startEngineProcess, type EngineProcess } from './processes.ts';

async function answers(uri: string): Promise<boolean> {
  const client = await new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 }).connect();
  const { ok } = await client.db('test').command({ ping: 1 });
  await client.close();
  return ok === 1;
}

for (const [place, names] of [
  ['A folder', ['data']],
  ['A folder with a long path', ['x'.repeat(60), 'y'.repeat(60)]],
] as const)
  describe(`${place} that several processes start on`, () => {
    let parent = '';
    let folder = '';
    const processes: EngineProcess[] = [];

    async function startProcess(): Promise<EngineProcess> {
      const started = await startEngineProcess(folder);
      processes.push(started);
      return started;
    }

    beforeEach(async () => {
      parent = await mkdtemp(join(tmpdir(), 'engine-'));
      folder = join(parent, ...names);
    });
    afterEach(async () => {
      await Promise.all(processes.splice(0).map((one) => endProcess(one, 'SIGKILL')));
      await rm(parent, { recursive: true });
    });

    it('is served by the first, and the second is given its engine', async () => {
      const first = await startProcess();
      const second = await startEngine({ folder });
      expect(first.isOwner).to.equal(true);
      expect(second).to.include({ isOwner: false, pid: first.child.pid, uri: first.uri });
      expect(engineUri(folder)).to.equal(first.uri);
      expect(await answers(second.uri)).to.equal(true);
      await second.close();
      expect(await answers(first.uri)).to.equal(true);
    });

    it('is shared within one process too', async () => {
      const first = await startEngine({ folder });
      const second = await startEngine({ folder });
      expect([first.isOwner, second.isOwner]).to.deep.equal([true, false]);
      await second.close();
      expect(await answers(first.uri)).to.equal(true);
      await Promise.all([first.close(), first.close()]);
      const third = await startEngine({ folder });
      expect(third.isOwner).to.equal(true);
      await third.close();
    });

    it('has one owner when they start at the same moment', async () => {
      const started = await Promise.all([startProcess(), startProcess(), startProcess()]);
      expect(started.filter(({ isOwner }) => isOwner)).to.have.lengthOf(1);
      expect(new Set(started.map(({ uri }) => uri)).size).to.equal(1);
      expect(await answers(engineUri(folder))).to.equal(true);
    });

    it('goes to the next when its owner is killed, at the address that clients know', async () => {
      const first = await startProcess();
      const client = await new MongoClient(first.uri).connect();
      await client.db('test').collection('c').insertOne({ a: 1 });
      await endProcess(first, 'SIGKILL');
      const next = await startEngine({ folder });
      expect(next).to.include({ isOwner: true, uri: first.uri });
      expect(await client.db('test').collection('c').countDocuments()).to.equal(1);
      await client.close();
      await next.close();
    });

    it('is waited for while its holder does not answer yet, and taken when that one goes', async () => {
      const first = await startEngine({ folder });
      await first.close();
      const holder = new Database(join(folder, 'engine.lock'));
      holder.exec('BEGIN EXCLUSIVE');
      const starting = [startEngine({ folder }), startEngine({ folder })];
      // By now each has found the lock taken, and nobody there.
      await setImmediate();
      holder.close();
      const started = await Promise.all(starting);
      expect(started.map(({ isOwner }) => isOwner)).to.have.members([true, false]);
      await Promise.all(started.map((engine) => engine.close()));
    });

    it('is not taken for another one’s because its lock cannot be read', async () => {
      const first = await startEngine({ folder });
      await first.close();
      writeFileSync(join(folder, 'engine.lock'), 'not a lock'.repeat(100));
      const failure = (await startEngine({ folder }).catch((error: unknown) => error)) as Error;
      expect(failure.message).to.include('not a database');
    });
  });
