/** Colours of the pictures: a quiet light page with its own border, so that it sits well on white and on dark. */
import type { Colour } from './canvas.js';

export const PAPER: Colour = [252, 252, 250];
export const BORDER: Colour = [208, 213, 217];
export const INK: Colour = [38, 46, 53];
export const MUTED: Colour = [103, 113, 121];
export const FAINT: Colour = [226, 229, 231];
export const SEA: Colour = [221, 232, 239];
/** Neither land nor sea. */
export const GROUND: Colour = [240, 242, 240];
export const LAND_FILL: Colour = [245, 243, 236];
/** Darker than on the map: the globe is small and has no labels. */
export const GLOBE_LAND: Colour = [222, 216, 200];
export const GLOBE_SEA: Colour = [207, 224, 235];
export const COAST: Colour = [156, 172, 182];
export const GRATICULE: Colour = [96, 116, 130];
export const ACCENT: Colour = [24, 104, 168];
export const SECOND: Colour = [196, 98, 16];
export const BAD: Colour = [176, 56, 46];
export const GOOD: Colour = [32, 122, 86];
export const CHECK_LIGHT: Colour = [247, 248, 248];
export const CHECK_DARK: Colour = [231, 234, 236];
