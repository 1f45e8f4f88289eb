/** How the ground looks from above on a day: plausible reflectances per band, in units of 1/10000. */
import { CLASS, cropOf, type Ground } from './landscape.ts';
import { hash2 } from './noise.ts';

export const BANDS = ['B02', 'B03', 'B04', 'B08', 'B05', 'B11', 'B12'] as const;

/** Typical bottom-of-atmosphere reflectances of pure surfaces, in the order of BANDS (own rough figures, for show). */
const SPECTRA = {
  dryVegetation: [620, 900, 1150, 2150, 1500, 2700, 1900],
  greenVegetation: [260, 520, 300, 4100, 1050, 1750, 850],
  forest: [210, 390, 240, 2750, 700, 1150, 520],
  soil: [900, 1250, 1700, 2450, 2050, 3300, 2750],
  sand: [1700, 2200, 2700, 3300, 2950, 3900, 3400],
  rock: [1150, 1350, 1550, 1950, 1750, 2300, 2050],
  roofs: [1150, 1300, 1500, 2000, 1750, 2200, 2000],
  shallowSea: [850, 900, 450, 170, 260, 90, 60],
  deepSea: [520, 400, 210, 90, 120, 50, 40],
} as const;
type Surface = keyof typeof SPECTRA;

/** Greenness 0–1 of a crop on a day of the year. */
function greenness(crop: number, doy: number): number {
  const peak = [118, 205, 190, 110][crop] ?? 150;
  const width = [45, 45, 70, 90][crop] ?? 60;
  const strength = [1, 1, 0.55, 0.35][crop] ?? 0.6;
  return strength * Math.exp(-(((doy - peak) / width) ** 2));
}

function mix(a: Surface, b: Surface, t: number, band: number): number {
  return (SPECTRA[a][band] ?? 0) * (1 - t) + (SPECTRA[b][band] ?? 0) * t;
}

/**
 * Reflectance × 10000 of a piece of ground.
 *
 * @param band index into BANDS
 * @param light illumination by slope and sun, about 1 on level ground
 */
export function reflectance(g: Ground, band: number, doy: number, light: number): number {
  const texture = 0.86 + 0.28 * g.grain;
  switch (g.cover) {
    case CLASS.water: {
      const depth = Math.min(1, Math.max(0, -g.height / 22));
      return mix('shallowSea', 'deepSea', g.height >= 0 ? 0.6 : depth, band) * (0.95 + 0.1 * g.grain);
    }
    case CLASS.tree:
      return (
        mix('forest', 'greenVegetation', 0.15 + 0.2 * Math.exp(-(((doy - 170) / 60) ** 2)), band) * texture * light
      );
    case CLASS.grass:
      return (
        mix('dryVegetation', 'greenVegetation', 0.15 + 0.6 * Math.exp(-(((doy - 130) / 40) ** 2)), band) *
        texture *
        light
      );
    case CLASS.crop: {
      const shade = 0.9 + 0.2 * hash2(g.parcel, 29, 3);
      return (
        mix('soil', 'greenVegetation', greenness(cropOf(g.parcel), doy), band) * shade * (0.94 + 0.12 * g.grain) * light
      );
    }
    case CLASS.built:
      return (
        mix('roofs', g.grain > 0.5 ? 'sand' : 'forest', Math.abs(g.grain - 0.5) * 1.4, band) * (0.75 + 0.5 * g.grain)
      );
    case CLASS.bare:
      return (
        mix(g.height > 100 ? 'rock' : 'sand', 'soil', 0.3 * g.grain, band) * texture * (g.height > 100 ? light : 1)
      );
  }
}
