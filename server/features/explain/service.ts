export { periodText, regimeName, traceLines, type TraceLine } from './words.ts';
