import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEngine, type Engine } from '../../server/database/engine/start.ts';
import { RawConnection } from '../engine/raw-connection.ts';

describe('Strangers on loopback', () => {
  let parent = '';
  let engine: Engine;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'engine-'));
    engine = await startEngine({ folder: join(parent, 'x'.repeat(100)) });
  });
  after(async () => {
    await engine.close();
    await rm(parent, { recursive: true });
  });

  it('who say nothing are sent away; a client that is logged in may be silent, and watch', async () => {
    const client = new MongoClient(engine.uri);
    let lost = 0;
    client.on('connectionClosed', () => lost++);
    client.on('serverHeartbeatFailed', () => lost++);
    await client.db('test').command({ ping: 1 });
    const stranger = await RawConnection.open(engine.uri);
    const begunAt = Date.now();
    await stranger.reply();
    expect(Date.now() - begunAt).to.be.within(25_000, 45_000);
    await client.db('test').command({ ping: 1 });
    expect(lost).to.equal(0);
    await client.close();
  });
});
