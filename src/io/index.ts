export {
  syncFolder,
  writeError,
  writeFileAtomic,
  type AtomicWriteOptions,
  type PlacedBytes,
  type Writable,
  type WriteSummary,
} from './atomic-write.js';
export { coalescingSource } from './coalescing-source.js';
export { countingSource, type ReadCount } from './counting-source.js';
export { openFileSource } from './file-source.js';
export { globToRegExp, isGlob } from './glob.js';
export { openHttpSource, type HttpSourceOptions } from './http-source.js';
export { listFiles } from './list-files.js';
export { memorySource } from './memory-source.js';
export { isRemote, openSource } from './open-source.js';
export { pageSource, type PageSource } from './page-source.js';
export { ATTEMPTS, BACKOFF_MS, RETRY_STATUS, retryAfterMs, retryPauseMs, TIMEOUT_MS, withHostSlot } from './retry.js';
export { fileError, showSource, type ReadOptions, type Source } from './source.js';
