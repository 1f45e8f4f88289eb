// The same work against another peer.
export * from './catalog-query.mjs';
