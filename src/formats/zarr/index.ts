export { openZarr } from './open.js';
export { folderStore, httpStore, type ZarrStore } from './store.js';
export { openZipStore } from './zip-store.js';
