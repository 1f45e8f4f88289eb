export { encodeJpeg } from './encode.js';
