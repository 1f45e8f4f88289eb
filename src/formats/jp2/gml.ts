/** Georeferencing by GMLJP2 (OGC 05-047r3): the RectifiedGrid that Sentinel-2 products carry. */
import { Crs, type Affine } from '../../core/index.js';

/** A grid with its CRS; null where the XML holds none that can be used. */
export interface GmlGrid {
  readonly transform: Affine;
  readonly crs: Crs | null;
  readonly problem: string | null;
}

/** The text of an element by its local name, from an index on; null when there is none. */
function element(xml: string, name: string, from = 0): { text: string; head: string; end: number } | null {
  const open = new RegExp(`<(?:\\w+:)?${name}(?=[\\s>])`, 'g');
  open.lastIndex = from;
  const found = open.exec(xml);
  if (!found) return null;
  const headEnd = xml.indexOf('>', found.index);
  const end = headEnd < 0 ? -1 : xml.indexOf('</', headEnd);
  if (end < 0) return null;
  return { head: xml.slice(found.index, headEnd), text: xml.slice(headEnd + 1, end), end };
}

const numbers = (text: string): number[] =>
  text
    .trim()
    .split(/[\s,]+/)
    .map(Number);

/** The EPSG code of `urn:ogc:def:crs:EPSG::32631` or `http://www.opengis.net/def/crs/EPSG/0/32631`, or `EPSG:32631`. */
function epsgOf(srsName: string): { code: number; isFormal: boolean } | null {
  const m = /EPSG(?::[\d.]*:|\/[\d.]+\/|:)(\d{4,6})$/.exec(srsName.trim());
  return m ? { code: Number(m[1]), isFormal: !srsName.startsWith('EPSG') } : null;
}

/** The grid that a GMLJP2 text describes; null when it has no usable RectifiedGrid. */
export function readGmlGrid(xml: string): GmlGrid | null {
  const start = xml.indexOf('RectifiedGrid ') >= 0 ? xml.indexOf('RectifiedGrid ') : xml.indexOf('RectifiedGrid>');
  const origin = start < 0 ? null : element(xml, 'origin', start);
  const position = origin && (element(xml, 'pos', start) ?? element(xml, 'coordinates', start));
  const first = position && element(xml, 'offsetVector', start);
  const second = first && element(xml, 'offsetVector', first.end);
  if (!position || !second) return null;
  let [x = NaN, y = NaN] = numbers(position.text);
  let [a = NaN, d = NaN] = numbers(first.text);
  let [b = NaN, e = NaN] = numbers(second.text);
  const point = element(xml, 'Point', start);
  const srs = /srsName\s*=\s*["']([^"']+)["']/.exec(`${point?.head ?? ''} ${position.head} ${first.head}`)?.[1] ?? '';
  const epsg = epsgOf(srs);
  let crs: Crs | null = null;
  let problem: string | null = null;
  if (epsg) {
    try {
      crs = Crs.from(`EPSG:${epsg.code}`);
    } catch {
      problem = `its CRS EPSG:${epsg.code} is not known here.`;
    }
  } else {
    problem = srs === '' ? 'its GML names no CRS.' : `its CRS "${srs}" cannot be read.`;
  }
  // Formal names of geographic CRSs have latitude first. Grids whose rows run along the first axis were written so.
  if (epsg?.isFormal === true && crs?.isGeographic === true && a === 0 && e === 0) {
    [x, y] = [y, x];
    [a, d] = [d, a];
    [b, e] = [e, b];
  }
  // The origin is the centre of the first pixel; ours is its outer corner.
  const transform = [a, b, x - (a + b) / 2, d, e, y - (d + e) / 2] as const;
  if (!transform.every(Number.isFinite) || a * e - b * d === 0) return null;
  return { transform, crs, problem };
}
