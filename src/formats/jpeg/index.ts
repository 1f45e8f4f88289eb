export { decodeJpeg, type JpegLimits } from './decode.js';
export { encodeJpeg } from './encode.js';
