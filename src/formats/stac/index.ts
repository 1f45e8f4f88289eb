export { assetCrs, assetGrid, assetPlaces, checkPolygon, type AssetPlace } from './asset-fields.js';
export { asItemError, badItem, checkItem } from './check-item.js';
export type { FetchOptions } from './fetch-json.js';
export { resolveHref, showPlace, unsignedHref } from './href.js';
export { itemTime } from './item-time.js';
export { readItems, type StacItemInput, type StacSource } from './read-items.js';
export { recordOf, type FoundItem, type StacAsset, type StacItem, type StacLink } from './types.js';
