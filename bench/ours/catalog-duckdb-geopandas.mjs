// The work of catalog-duckdb beside another peer.
export { prepare, load, run } from './catalog-duckdb.mjs';
