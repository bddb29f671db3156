// Loaded into the product's own processes by NODE_OPTIONS=--import: the product has no hook for tests.
// It moves their clock, writes down what they do and when, and ends them (as kill -9 does) at a named moment.
//
//   WITNESS_TRACE     file to which every process appends one JSON line per event
//   WITNESS_AHEAD_MS  how far the clock of the processes is ahead
//   WITNESS_ORDER     file that tells the worker when to end: leased | accepted | booked | reminded
//
// A request tells when to end by its headers: x-attempt (an id) and x-end: sent:3 | answered:3 | reply
// (after the third write was handed to the database, after it was answered, just before the reply).
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { deserialize } from 'bson';

const { WITNESS_TRACE, WITNESS_AHEAD_MS, WITNESS_ORDER } = process.env;
const role = { 'server/main.js': 'web', 'jobs/main.js': 'worker' }[
  (process.argv[1] ?? '').split(path.sep).slice(-2).join('/')
];

if (WITNESS_AHEAD_MS) moveClock(Number(WITNESS_AHEAD_MS));
if (WITNESS_TRACE && role && isMainThread) watch(openSync(WITNESS_TRACE, 'a'));

function moveClock(ahead) {
  const RealDate = Date;
  const now = () => RealDate.now() + ahead;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, made) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    apply: () => new RealDate(now()).toString(),
    get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
  });
}

function watch(trace) {
  /** The request in whose name something happens. */
  const requests = new AsyncLocalStorage();

  const note = (event) => {
    const at = Number(process.hrtime.bigint() / 1000n);
    writeSync(trace, `${JSON.stringify({ pid: process.pid, role, at, ...event })}\n`);
  };
  const end = (why) => {
    note({ kind: 'end', why });
    process.kill(process.pid, 'SIGKILL');
  };
  const endIfOrdered = (moment) => {
    if (!existsSync(WITNESS_ORDER) || readFileSync(WITNESS_ORDER, 'utf8') !== moment) return;
    unlinkSync(WITNESS_ORDER);
    end(moment);
  };

  note({ kind: 'born' });

  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (name, ...args) {
    const attempt = name === 'request' ? args[0].headers['x-attempt'] : undefined;
    if (attempt === undefined) return emit.call(this, name, ...args);
    const request = { attempt, writes: 0, endAt: args[0].headers['x-end'] ?? 'never' };
    args[1].attemptHere = request;
    return requests.run(request, () => emit.call(this, name, ...args));
  };

  const writeHead = http.ServerResponse.prototype.writeHead;
  http.ServerResponse.prototype.writeHead = function (...args) {
    const request = this.attemptHere;
    if (request) {
      if (request.endAt === 'reply') end('reply');
      note({ kind: 'reply', attempt: request.attempt, status: args[0] });
    }
    return writeHead.apply(this, args);
  };

  const write = net.Socket.prototype.write;
  net.Socket.prototype.write = function (chunk, ...rest) {
    const command = writeCommandOf(chunk);
    if (!command) return write.call(this, chunk, ...rest);
    const request = requests.getStore();
    const what = { ...command, attempt: request?.attempt };
    if (request) what.number = request.writes += 1;
    if (isBooking(command)) endIfOrdered('accepted');
    this.unanswered = { what, request };
    if (!this.isWatched) {
      this.isWatched = true;
      this.on('data', (reply) => answered(this, reply));
    }
    const result = write.call(this, chunk, ...rest);
    note({ kind: 'sent', ...what });
    if (request && request.endAt === `sent:${what.number}`) end(request.endAt);
    if (isBooking(command)) endIfOrdered('booked');
    return result;
  };

  function answered(socket, reply) {
    const { what, request } = socket.unanswered ?? {};
    if (!what) return;
    socket.unanswered = undefined;
    const found = what.command !== 'findAndModify' || hasValue(reply);
    note({ kind: 'answered', ...what, found });
    if (request && request.endAt === `answered:${what.number}`) end(request.endAt);
    if (role !== 'worker') return;
    if (found && what.collection === 'mails' && !isBooking(what)) endIfOrdered('leased');
    if (what.collection === 'requests') endIfOrdered('reminded');
  }
}

/** Counters and nudges: nothing of what a caller is told depends on them. */
const ASIDE = new Set(['rateLimits', 'agendaJobs']);
const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify', 'commitTransaction']);
const OP_MSG = 2013;

/** What a message to the database changes; undefined for reads and for everything that is no such message. */
function writeCommandOf(chunk) {
  if (!Buffer.isBuffer(chunk) && !(chunk instanceof Uint8Array)) return undefined;
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (bytes.length < 26 || bytes.readInt32LE(12) !== OP_MSG || bytes[20] !== 0) return undefined;
  const name = bytes.toString('latin1', 26, bytes.indexOf(0, 26));
  if (!WRITES.has(name)) return undefined;
  const body = deserialize(bytes.subarray(21, 21 + bytes.readInt32LE(21)));
  const collection = typeof body[name] === 'string' ? body[name] : null;
  if (ASIDE.has(collection)) return undefined;
  return { command: name, collection, state: body.updates?.[0]?.u?.$set?.state };
}

/** Whether the answer to a findAndModify holds a row. One that does not fit into a piece holds one. */
function hasValue(reply) {
  const length = reply.readInt32LE(0);
  return length > reply.length || deserialize(reply.subarray(21, length)).value !== null;
}

const isBooking = ({ collection, state }) => collection === 'mails' && state === 'sent';
