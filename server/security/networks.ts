import { ipKeyGenerator } from 'express-rate-limit';
import { fingerprint } from './tokens.ts';

/** What counts as one sender: an IPv4 address, however it is written, or a whole IPv6 network of 64 bits. */
export const networkOf = (ip: string) => ipKeyGenerator(ip, 64);

/** What stands for the network that something comes from: no address is kept. */
export const networkPrint = (ip: string) => fingerprint('network', networkOf(ip));
