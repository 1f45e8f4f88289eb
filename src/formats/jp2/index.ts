export { isJp2 } from './boxes.js';
export { openJp2 } from './open.js';
