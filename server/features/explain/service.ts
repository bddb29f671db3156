export { explainCase, type Explanation } from './explanation.ts';
export { countryOptions, partGroups, partName } from './places.ts';
export { deadlinesReply } from './replies.ts';
export { periodText, regimeName, traceLines, type TraceLine } from './words.ts';
