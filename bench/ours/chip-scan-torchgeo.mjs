export { prepare, run } from './chip-scan.mjs';
