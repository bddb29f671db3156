import { createServer, type RequestListener, type Server } from 'node:http';

/** In milliseconds: longer than the minute for which proxies keep a connection, so that none is closed under a call. */
const KEPT_OPEN = 65_000;

/** A server that a proxy in front need not connect to anew for each visitor. */
export const serverOf = (app: RequestListener): Server =>
  createServer({ keepAliveTimeout: KEPT_OPEN }, app);
