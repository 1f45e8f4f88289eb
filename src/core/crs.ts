/** Identity of coordinate reference systems and transforms between them (`geoslice.md` §7). */
import proj4 from 'proj4';
import { CODE_ALIASES, findDefinition, registerDefinition } from './crs-definitions.js';
import { projJsonOf } from './projjson.js';
import { CrsError, messageOf } from './errors.js';
import { canonicalJson } from './hash.js';

export type PlainProjJson = Readonly<Record<string, unknown>>;
/** An `EPSG:n` code, `OGC:CRS84`, a PROJ string, WKT 1 or 2, PROJJSON, or a Crs. */
export type CrsInput = string | Crs | PlainProjJson;

/** What proj4 knows of a projection after parsing; only the fields that identify one. */
export interface ProjectionParameters {
  readonly projName: string;
  readonly a: number;
  readonly b: number;
  readonly title?: string;
  readonly ellps?: string;
  readonly units?: string;
  readonly to_meter?: number;
  readonly zone?: number;
  readonly utmSouth?: boolean;
  readonly lat0?: number;
  readonly long0?: number;
  readonly lat1?: number;
  readonly lat2?: number;
  readonly lat_ts?: number;
  readonly k0?: number;
  readonly x0?: number;
  readonly y0?: number;
  /** Shift to WGS 84; proj4 keeps the texts it read. */
  readonly datum_params?: readonly (number | string)[];
  readonly sphere?: boolean;
  readonly nadgrids?: unknown;
  readonly alpha?: number;
  readonly longc?: number;
  readonly rectified_grid_angle?: number;
  readonly no_uoff?: boolean;
  /** Longitude of the prime meridian, radians. */
  readonly from_greenwich?: number;
}

const BRAND = Symbol.for('nadir.crs');
const WGS84_A = 6378137;
const WGS84_B = 6356752.314245179;
const DEGREES = 180 / Math.PI;
/** Ellipsoids whose equatorial radius differs from that of WGS 84 by more, in metres, come with a datum of their own. */
const OWN_ELLIPSOID_M = 10;
/** Short PROJ names of the projections that are told apart here. */
const PROJ_NAMES = new Set(['longlat', 'merc', 'tmerc', 'utm', 'stere', 'laea', 'lcc', 'aea', 'eqc', 'cea', 'sinu']);

function unknownCode(code: string): CrsError {
  return new CrsError('unknown-crs', `CRS ${code} is not built in.`, {
    hint: `Register it first, with the datum shift of your region if it has one: Crs.register('${code}', '<PROJ string or WKT>').`,
    details: { crs: code },
  });
}

/** The authority code at the root of a WKT text: it stands last, before the closing bracket. */
function authorityOfWkt(wkt: string): number | undefined {
  const m = /(?:AUTHORITY|ID)\s*[[(]\s*"EPSG"\s*,\s*"?(\d+)"?\s*(?:,[^\])]*)?[\])]\s*[\])]\s*$/i.exec(wkt);
  return m ? Number(m[1]) : undefined;
}

function authorityOfProjJson(json: PlainProjJson): string | undefined {
  const id = json['id'];
  if (typeof id !== 'object' || id === null || !('authority' in id) || !('code' in id)) return undefined;
  return `${String(id.authority)}:${String(id.code)}`;
}

/** Identifies WGS 84 itself, WGS 84 UTM and web Mercator by their parameters; anything else keeps its definition. */
function identify(p: ProjectionParameters): number | undefined {
  const near = (x: number | undefined, y: number, tolerance = 1e-6): boolean => Math.abs((x ?? 0) - y) <= tolerance;
  const shift = (p.datum_params ?? []).some((v) => Number(v) !== 0);
  const metres = (p.to_meter ?? 1) === 1;
  if (
    p.projName === 'merc' &&
    p.a === WGS84_A &&
    (p.sphere === true || p.b === WGS84_A) &&
    near(p.long0, 0) &&
    near(p.x0, 0) &&
    near(p.y0, 0)
  )
    return 3857;
  if (p.a !== WGS84_A || !near(p.b, WGS84_B, 1e-4) || shift) return undefined;
  if (p.projName === 'longlat' && near(p.long0, 0)) return 4326;
  if (p.projName === 'tmerc' && metres && near(p.k0, 0.9996, 1e-9) && near(p.lat0, 0) && near(p.x0, 500000)) {
    const zone = ((p.long0 ?? 0) * DEGREES + 183) / 6;
    if (Math.abs(zone - Math.round(zone)) < 1e-9 && zone >= 1 && zone <= 60) {
      if (near(p.y0, 0)) return 32600 + Math.round(zone);
      if (near(p.y0, 1e7)) return 32700 + Math.round(zone);
    }
  }
  return undefined;
}

function projectionOf(definition: string | PlainProjJson, shown: string): ProjectionParameters {
  try {
    // SAFETY: proj4.Proj takes PROJ strings, WKT and PROJJSON; the fields of ProjectionParameters are its own.
    const parsed = new proj4.Proj(definition as string) as unknown as ProjectionParameters & {
      names?: readonly string[];
      name?: string;
    };
    // WKT leaves the long method name in `projName`; `names` lists all its spellings.
    const projName = parsed.names?.find((n) => PROJ_NAMES.has(n)) ?? parsed.projName;
    const title = parsed.title ?? parsed.name;
    return { ...parsed, projName: projName === 'utm' ? 'tmerc' : projName, ...(title === undefined ? {} : { title }) };
  } catch (error) {
    throw new CrsError('unreadable-crs', `Cannot read the CRS definition ${shown}: ${messageOf(error)}.`, {
      hint: 'Give an EPSG code, a PROJ string, WKT or PROJJSON.',
      cause: error,
    });
  }
}

/** A coordinate reference system. Axis order is x, y (easting or longitude first) throughout. */
export class Crs {
  /** Bundlers rename a class that refers to itself. */
  static readonly name = 'Crs';
  /** Canonical form: `EPSG:n` where it can be identified, else canonical PROJJSON or the normalised definition. */
  readonly canonical: string;
  readonly epsg: number | null;
  readonly name: string;
  readonly isGeographic: boolean;
  readonly unit: 'metre' | 'degree' | 'foot';
  readonly #definition: string | PlainProjJson;
  readonly #parameters: ProjectionParameters;

  private constructor(
    definition: string | PlainProjJson,
    parameters: ProjectionParameters,
    epsg: number | undefined,
    name: string | undefined,
  ) {
    this.#definition = definition;
    this.#parameters = parameters;
    this.epsg = epsg ?? null;
    this.canonical =
      epsg === undefined
        ? typeof definition === 'string'
          ? definition.trim().replace(/\s+/g, ' ')
          : canonicalJson(definition)
        : `EPSG:${epsg}`;
    this.name = name ?? parameters.title ?? this.canonical.slice(0, 60);
    this.isGeographic = parameters.projName === 'longlat';
    const feet = parameters.to_meter !== undefined && Math.abs(parameters.to_meter - 0.3048) < 1e-3;
    this.unit = this.isGeographic ? 'degree' : feet ? 'foot' : 'metre';
    Object.freeze(this);
  }

  get [BRAND](): true {
    return true;
  }

  /**
   * The CRS of a code, PROJ string, WKT 1/2 or PROJJSON.
   *
   * @throws {@link CrsError} `unknown-crs` for a code nobody defined, `unreadable-crs` for a definition nobody can read.
   */
  static from(input: CrsInput): Crs {
    const given: unknown = input;
    if (typeof input === 'object' && given !== null && BRAND in input) {
      // SAFETY: the brand is set by this class only; a copy of another library version is rebuilt from its canonical form.
      return input instanceof Crs ? input : Crs.from((input as Partial<Crs>).portable ?? (input as Crs).canonical);
    }
    if (typeof input === 'object' && given !== null) return Crs.#fromProjJson(input as PlainProjJson);
    if (typeof input !== 'string' || input.trim() === '') {
      throw new CrsError(
        'unreadable-crs',
        `A CRS is a code such as EPSG:32631, a PROJ string, WKT or PROJJSON; got ${JSON.stringify(input)}.`,
        typeof input === 'number' ? { hint: `Write 'EPSG:${String(input)}'.` } : {},
      );
    }
    const cached = cache.get(input);
    if (cached) return cached;
    const crs = Crs.#fromText(input.trim());
    cache.set(input, crs);
    return crs;
  }

  /** Adds a definition (PROJ string, WKT) for an EPSG code that is not built in. */
  static register(code: string, definition: string): void {
    const m = /^EPSG:(\d+)$/i.exec(code.trim());
    if (!m) throw new CrsError('bad-code', `Codes to register look like EPSG:31287; got ${JSON.stringify(code)}.`);
    const parameters = projectionOf(definition, code);
    registerDefinition(Number(m[1]), { name: parameters.title ?? code.toUpperCase(), proj: definition });
    cache.clear();
  }

  static #fromText(text: string): Crs {
    if (text.startsWith('{')) {
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch (error) {
        throw new CrsError('unreadable-crs', `The CRS looks like PROJJSON but is not JSON: ${messageOf(error)}.`, {
          cause: error,
        });
      }
      // SAFETY: a text that starts with a brace parses to an object.
      return Crs.#fromProjJson(json as PlainProjJson);
    }
    const urn = /^urn:ogc:def:crs:(EPSG|OGC):[^:]*:(\w+)$/i.exec(text);
    const code = (urn ? `${urn[1] ?? ''}:${urn[2] ?? ''}` : text).toUpperCase();
    const alias = CODE_ALIASES[code];
    const m = /^EPSG:(\d+)$/.exec(code);
    if (alias !== undefined || m) {
      const epsg = alias ?? Number(m?.[1]);
      const definition = findDefinition(epsg);
      if (!definition) throw unknownCode(code);
      return new Crs(definition.proj, projectionOf(definition.proj, code), epsg, definition.name);
    }
    if (/^[A-Z]+:\d+$/.test(code)) throw unknownCode(code);
    const epsg = text.startsWith('+') ? undefined : authorityOfWkt(text);
    if (epsg !== undefined && findDefinition(epsg)) return Crs.from(`EPSG:${epsg}`);
    const parameters = projectionOf(text, JSON.stringify(text.slice(0, 80)));
    const known = identify(parameters);
    if (known !== undefined) return Crs.from(`EPSG:${known}`);
    const name = /^\w+\s*\[\s*"([^"]+)"/.exec(text)?.[1];
    return new Crs(text, parameters, epsg, name);
  }

  static #fromProjJson(json: PlainProjJson): Crs {
    const authority = authorityOfProjJson(json);
    const alias = authority === undefined ? undefined : CODE_ALIASES[authority.toUpperCase()];
    const epsg = alias ?? (authority?.startsWith('EPSG:') === true ? Number(authority.slice(5)) : undefined);
    if (epsg !== undefined && findDefinition(epsg)) return Crs.from(`EPSG:${epsg}`);
    const name = typeof json['name'] === 'string' ? json['name'] : undefined;
    const parameters = projectionOf(json, name ?? 'PROJJSON');
    const known = identify(parameters);
    if (known !== undefined) return Crs.from(`EPSG:${known}`);
    return new Crs(json, parameters, epsg, name);
  }

  /** Whether two CRSs are the same, by canonical form. */
  equals(other: Crs): boolean {
    return this.canonical === other.canonical;
  }

  /**
   * Whether it has an ellipsoid of its own (Bessel, Clarke …) but its definition names no shift from its datum to
   * WGS 84: transforms to other CRSs are then off by the shift, typically 50 to 500 m.
   */
  get shiftUnknown(): boolean {
    const { a, b, datum_params: shift, nadgrids } = this.#parameters;
    const isOwn = Math.abs(a - WGS84_A) > OWN_ELLIPSOID_M && a !== b;
    return isOwn && nadgrids === undefined && !(shift ?? []).some((v) => Number(v) !== 0);
  }

  /** The definition as proj4 reads it. */
  get definition(): string | PlainProjJson {
    return this.#definition;
  }

  /**
   * Text from which another process makes this CRS: the canonical form, but the whole definition (WKT or PROJJSON, with
   * its code) where the code came with a file and is not built in.
   */
  get portable(): string {
    if (this.epsg === null || findDefinition(this.epsg)) return this.canonical;
    const definition = this.#definition;
    return typeof definition === 'string' ? definition.trim().replace(/\s+/g, ' ') : canonicalJson(definition);
  }

  /** PROJJSON of this CRS, with its authority id where it has one. @throws {@link CrsError} `no-projjson`. */
  toProjJson(): PlainProjJson {
    if (typeof this.#definition === 'object') return this.#definition;
    return projJsonOf(this.name, this.epsg, this.#parameters);
  }

  /** Short PROJ name of the projection method, e.g. `tmerc`, `longlat`. */
  get projection(): string {
    return this.#parameters.projName;
  }

  toString(): string {
    return this.canonical;
  }

  toJSON(): string {
    return this.canonical;
  }
}

const cache = new Map<string, Crs>();
