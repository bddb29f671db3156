// Runs one of our scripts, built: node scripts/run.mjs demo [arguments]
import { pathToFileURL } from 'node:url';
import { build, install, root } from './bootstrap.mjs';

install();
build();
const [name, ...rest] = process.argv.slice(2);
process.argv.splice(1, process.argv.length - 1, name, ...rest);
await import(pathToFileURL(`${root}/dist/scripts/${name}.js`).href);
