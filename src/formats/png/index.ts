export { encodePng, type PngImage, type PngOptions } from './encode.js';
