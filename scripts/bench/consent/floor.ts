import { createServer } from 'node:http';
import { MongoClient, ObjectId } from 'mongodb';
import { startEngine } from '../../../server/database/engine/start.ts';

// node floor.js <folder> <port>: the least that a record over HTTP can cost. It reads JSON and inserts it, one
// document for each, with the indexes of the product; nothing is checked, limited, counted or shared.
const [, , folder = '', port = ''] = process.argv;
const engine = await startEngine({ folder });
const client = await new MongoClient(engine.uri, { w: 'majority', journal: true }).connect();
const records = client.db('floor').collection('records');
await records.createIndexes([
  { key: { siteId: 1, clientKey: 1 }, unique: true },
  { key: { organizationId: 1, recordedAt: -1, _id: -1 } },
  { key: { organizationId: 1, siteId: 1, recordedAt: -1, _id: -1 } },
  { key: { organizationId: 1, siteId: 1, visitorId: 1, inForceAt: -1, _id: -1 } },
]);
const of = { organizationId: new ObjectId(), siteId: new ObjectId() };

createServer((req, res) => {
  const parts: Buffer[] = [];
  req.on('data', (part: Buffer) => parts.push(part));
  req.on('end', () => {
    const sent = JSON.parse(Buffer.concat(parts).toString()) as object;
    const now = new Date();
    void records
      .insertOne({ ...of, ...sent, recordedAt: now, inForceAt: now })
      .then(() => res.writeHead(201, { 'content-type': 'application/json' }).end('{}'));
  });
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
