export { openNetcdf } from './open.js';
