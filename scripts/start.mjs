import { pathToFileURL } from 'node:url';
import { build, install, root } from './bootstrap.mjs';

install();
build();
await import(pathToFileURL(`${root}/dist/scripts/supervise.js`).href);
