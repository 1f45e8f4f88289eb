/**
 * PROJ strings of CF grid mappings (CF 1.11, Appendix F).
 *
 * The correspondence with PROJ is that of the same appendix's references and of PROJ's own parameter names.
 */
import { numberOf, numbersOf, textOf } from './attributes.js';
import type { CubeAttributes } from './types.js';

type Parts = Readonly<Record<string, number | null>>;

/** `+name=value` for each number there is. */
function parts(values: Parts): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `+${name}=${value ?? 0}`)
    .join(' ');
}

/** The figure of the Earth; WGS 84 where the mapping names none. */
function figure(a: CubeAttributes): string {
  const radius = numberOf(a, 'earth_radius');
  const major = numberOf(a, 'semi_major_axis') ?? radius;
  const minor = numberOf(a, 'semi_minor_axis');
  const flattening = numberOf(a, 'inverse_flattening');
  const shift = numbersOf(a, 'towgs84');
  const meridian = numberOf(a, 'longitude_of_prime_meridian');
  const pm = meridian === null || meridian === 0 ? '' : ` +pm=${meridian}`;
  const toWgs84 = shift.length === 3 || shift.length === 7 ? ` +towgs84=${shift.join(',')}` : '';
  if (major === null) return `+datum=WGS84${pm}`;
  const isWgs84 =
    Math.abs(major - 6378137) < 1e-6 && flattening !== null && Math.abs(flattening - 298.257223563) < 1e-8;
  if (isWgs84 && toWgs84 === '') return `+datum=WGS84${pm}`;
  // A flattening of 0 is how some writers state a sphere.
  const second =
    minor !== null
      ? `+b=${minor}`
      : flattening !== null && flattening !== 0 && (radius === null || radius !== major)
        ? `+rf=${flattening}`
        : `+b=${major}`;
  return `+a=${major} ${second}${toWgs84}${pm}`;
}

const centre = (a: CubeAttributes): number | null =>
  numberOf(a, 'longitude_of_central_meridian') ?? numberOf(a, 'longitude_of_projection_origin');
const falseOrigin = (a: CubeAttributes): Parts => ({
  x_0: numberOf(a, 'false_easting') ?? 0,
  y_0: numberOf(a, 'false_northing') ?? 0,
});

const PROJECTIONS: Readonly<Record<string, (a: CubeAttributes) => string>> = {
  transverse_mercator: (a) =>
    `+proj=tmerc ${parts({
      lat_0: numberOf(a, 'latitude_of_projection_origin') ?? 0,
      lon_0: centre(a) ?? 0,
      k: numberOf(a, 'scale_factor_at_central_meridian') ?? 1,
    })}`,
  lambert_conformal_conic: (a) => {
    const [first, second] = numbersOf(a, 'standard_parallel');
    const origin = numberOf(a, 'latitude_of_projection_origin') ?? first ?? 0;
    return `+proj=lcc ${parts({
      lat_1: first ?? origin,
      lat_2: second ?? first ?? origin,
      lat_0: origin,
      lon_0: centre(a) ?? 0,
      k_0: numberOf(a, 'scale_factor_at_projection_origin'),
    })}`;
  },
  albers_conical_equal_area: (a) => {
    const [first = 0, second] = numbersOf(a, 'standard_parallel');
    return `+proj=aea ${parts({
      lat_1: first,
      lat_2: second ?? first,
      lat_0: numberOf(a, 'latitude_of_projection_origin') ?? 0,
      lon_0: centre(a) ?? 0,
    })}`;
  },
  polar_stereographic: (a) => {
    const parallel = numberOf(a, 'standard_parallel');
    return `+proj=stere ${parts({
      lat_0: numberOf(a, 'latitude_of_projection_origin') ?? (parallel !== null && parallel < 0 ? -90 : 90),
      lat_ts: parallel,
      k: parallel === null ? (numberOf(a, 'scale_factor_at_projection_origin') ?? 1) : null,
      lon_0: numberOf(a, 'straight_vertical_longitude_from_pole') ?? centre(a) ?? 0,
    })}`;
  },
  lambert_azimuthal_equal_area: (a) =>
    `+proj=laea ${parts({ lat_0: numberOf(a, 'latitude_of_projection_origin') ?? 0, lon_0: centre(a) ?? 0 })}`,
  lambert_cylindrical_equal_area: (a) =>
    `+proj=cea ${parts({ lat_ts: numberOf(a, 'standard_parallel') ?? 0, lon_0: centre(a) ?? 0 })}`,
  mercator: (a) =>
    `+proj=merc ${parts({
      lat_ts: numberOf(a, 'standard_parallel'),
      k: numberOf(a, 'standard_parallel') === null ? (numberOf(a, 'scale_factor_at_projection_origin') ?? 1) : null,
      lon_0: centre(a) ?? 0,
    })}`,
  sinusoidal: (a) => `+proj=sinu ${parts({ lon_0: centre(a) ?? 0 })}`,
};

/** Names of the grid mappings that are read. */
export const GRID_MAPPINGS: readonly string[] = ['latitude_longitude', ...Object.keys(PROJECTIONS)];

/** The PROJ string of a grid mapping's parameters; null without a `grid_mapping_name` or for one that is not read. */
export function projOfGridMapping(attributes: CubeAttributes): string | null {
  const name = textOf(attributes, 'grid_mapping_name')?.toLowerCase() ?? '';
  if (name === 'latitude_longitude') return `+proj=longlat ${figure(attributes)} +no_defs`;
  const projection = PROJECTIONS[name];
  if (!projection) return null;
  return `${projection(attributes)} ${parts(falseOrigin(attributes))} ${figure(attributes)} +units=m +no_defs`;
}
