export { openZarr } from './open.js';
export { folderStore, httpStore, type ZarrStore } from './store.js';
export { openZipStore } from './zip-store.js';
export { writeZarr, type ZarrArraySpec, type ZarrGroupSpec, type ZarrReport, type ZarrWriteOptions } from './write.js';
