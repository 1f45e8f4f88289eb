import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startRemote, sumRemote } from './lib/remote.mjs';

export { prepareRemote as prepare } from './lib/remote.mjs';

export const load = ({ dir, n }) => startRemote(dir, n, 100);

export const run = ({ dir, input }) => sumRemote(JSON.parse(readFileSync(path.join(dir, 'chips.json'), 'utf8')), input);
