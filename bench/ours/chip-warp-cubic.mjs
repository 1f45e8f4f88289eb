import { runWarp } from './lib/warp.mjs';

export { prepareWarp as prepare } from './lib/warp.mjs';

export const run = ({ dir }) => runWarp(dir, 'cubic');
