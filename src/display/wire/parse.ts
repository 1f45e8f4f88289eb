/** From untrusted JSON to a payload: the only door into the views. */
import { readColumns } from './columns.js';
import { readDensity } from './density.js';
import {
  readBox,
  readChip,
  readClasses,
  readCorners,
  readCurationState,
  readFacet,
  readFootprintRow,
  readHistogram,
  readInterval,
  readLedgerRow,
  readMicros,
  readOutline,
  readPreview,
  readRendering,
  readShape,
  readTable,
  readTransform,
} from './parts.js';
import { MOST_LEVELS } from './tile.js';
import {
  PAYLOAD_VERSION,
  type CatalogData,
  type ChipsData,
  type CurationData,
  type GeoSliceData,
  type Payload,
  type PayloadData,
  type PayloadKind,
  type ProgressData,
  type ReportData,
  type SamplesData,
  type TensorData,
} from './payload.js';
import {
  attempt,
  between,
  boolean,
  cell,
  list,
  number,
  numbers,
  object,
  oneOf,
  optional,
  text,
  whole,
  type Reader,
} from './read.js';

const count = whole(0, Number.MAX_SAFE_INTEGER);

function catalog(value: unknown, at: string): CatalogData {
  const o = object(value, at);
  const c = object(o['counts'], `${at}.counts`);
  const columns = optional(o['columns'], `${at}.columns`, readColumns);
  const span = optional(o['spanSeconds'], `${at}.spanSeconds`, between(0, 1e13));
  const density = optional(o['density'], `${at}.density`, readDensity);
  const histogram = optional(o['histogram'], `${at}.histogram`, readHistogram);
  const facets = optional(o['facets'], `${at}.facets`, (v, a) => list(v, a, readFacet, 100));
  return {
    crs: text(o['crs'], `${at}.crs`),
    counts: {
      rows: count(c['rows'], `${at}.counts.rows`),
      dated: count(c['dated'], `${at}.counts.dated`),
      static: count(c['static'], `${at}.counts.static`),
      skipped: count(c['skipped'], `${at}.counts.skipped`),
    },
    bbox: optional(o['bbox'], `${at}.bbox`, readBox),
    interval: readInterval(o['interval'], `${at}.interval`),
    rows: list(o['rows'], `${at}.rows`, readFootprintRow),
    skipped: list(o['skipped'], `${at}.skipped`, readLedgerRow),
    ...(columns ? { columns } : {}),
    ...(span === null ? {} : { spanSeconds: span }),
    ...(density ? { density } : {}),
    ...(histogram ? { histogram } : {}),
    ...(facets ? { facets } : {}),
  };
}

function geoslice(value: unknown, at: string): GeoSliceData {
  const o = object(value, at);
  const [w, s, e, n] = numbers(o['bounds'], `${at}.bounds`, 4);
  const [rx, ry] = numbers(o['resolution'], `${at}.resolution`, 2);
  return {
    outline: readOutline(o['outline'], `${at}.outline`),
    bbox: readBox(o['bbox'], `${at}.bbox`),
    crs: text(o['crs'], `${at}.crs`),
    bounds: [number(w, at), number(s, at), number(e, at), number(n, at)],
    resolution: [number(rx, at), number(ry, at)],
    shape: readShape(o['shape'], `${at}.shape`),
    interval: readInterval(o['interval'], `${at}.interval`),
  };
}

/** Most bands of a tensor that are named. */
const MOST_BANDS = 10_000;

function readClassBand(value: unknown, at: string): NonNullable<TensorData['classBands']>[number] {
  const o = object(value, at);
  return { band: whole(0, 100_000)(o['band'], `${at}.band`), classes: readClasses(o['classes'], `${at}.classes`) };
}

function tensor(value: unknown, at: string): TensorData {
  const o = object(value, at);
  const frames = optional(o['frames'], `${at}.frames`, (v, a) => list(v, a, readPreview, 1000));
  const units = optional(o['units'], `${at}.units`, (v, a) => list(v, a, text, MOST_BANDS));
  const classBands = optional(o['classBands'], `${at}.classBands`, (v, a) => list(v, a, readClassBand, MOST_BANDS));
  const levels = optional(o['levels'], `${at}.levels`, whole(1, MOST_LEVELS));
  const statsEvery = optional(o['statsEvery'], `${at}.statsEvery`, whole(1, 1_000_000));
  return {
    crs: text(o['crs'], `${at}.crs`),
    transform: readTransform(o['transform'], `${at}.transform`),
    dims: list(o['dims'], `${at}.dims`, text, 16),
    shape: list(o['shape'], `${at}.shape`, count, 16),
    dtype: text(o['dtype'], `${at}.dtype`),
    bandNames: list(o['bandNames'], `${at}.bandNames`, text, MOST_BANDS),
    validFraction: between(0, 1)(o['validFraction'], `${at}.validFraction`),
    corners: readCorners(o['corners'], `${at}.corners`),
    bbox: readBox(o['bbox'], `${at}.bbox`),
    times: optional(o['times'], `${at}.times`, (v, a) => list(v, a, number, 100_000)),
    preview: readPreview(o['preview'], `${at}.preview`),
    rendering: readRendering(o['rendering'], `${at}.rendering`),
    ...(frames ? { frames } : {}),
    ...(units ? { units } : {}),
    ...(classBands ? { classBands } : {}),
    ...(levels === null ? {} : { levels }),
    ...(statsEvery === null ? {} : { statsEvery }),
  };
}

function samples(value: unknown, at: string): SamplesData {
  const o = object(value, at);
  const item = (v: unknown, a: string): SamplesData['items'][number] => {
    const r = object(v, a);
    return {
      id: text(r['id'], `${a}.id`),
      outline: readOutline(r['outline'], `${a}.outline`),
      bbox: readBox(r['bbox'], `${a}.bbox`),
      startMicros: readMicros(r['startMicros'], `${a}.startMicros`),
      endMicros: readMicros(r['endMicros'], `${a}.endMicros`),
    };
  };
  const skipped = (v: unknown, a: string): SamplesData['skipped'][number] => {
    const r = object(v, a);
    return {
      item: text(r['item'], `${a}.item`),
      reason: text(r['reason'], `${a}.reason`),
      count: count(r['count'], `${a}.count`),
    };
  };
  return {
    length: count(o['length'], `${at}.length`),
    seed: optional(o['seed'], `${at}.seed`, text),
    crs: text(o['crs'], `${at}.crs`),
    chipSize: optional(o['chipSize'], `${at}.chipSize`, readShape),
    bbox: optional(o['bbox'], `${at}.bbox`, readBox),
    items: list(o['items'], `${at}.items`, item),
    skipped: list(o['skipped'], `${at}.skipped`, skipped),
  };
}

function chips(value: unknown, at: string): ChipsData {
  const o = object(value, at);
  return {
    count: count(o['count'], `${at}.count`),
    bandNames: list(o['bandNames'], `${at}.bandNames`, text, MOST_BANDS),
    rendering: readRendering(o['rendering'], `${at}.rendering`),
    items: list(o['items'], `${at}.items`, readChip),
    curation: optional(o['curation'], `${at}.curation`, readCurationState),
  };
}

function curation(value: unknown, at: string): CurationData {
  const o = object(value, at);
  return {
    ...chips(value, at),
    of: oneOf(['catalog', 'samples', 'chips'])(o['of'], `${at}.of`),
    curation: readCurationState(o['curation'], `${at}.curation`),
  };
}

function report(value: unknown, at: string): ReportData {
  const o = object(value, at);
  return {
    facts: list(o['facts'], `${at}.facts`, (v, a) => {
      const f = object(v, a);
      return { label: text(f['label'], `${a}.label`), value: cell(f['value'], `${a}.value`) };
    }),
    tables: list(
      o['tables'],
      `${at}.tables`,
      (v, a) => ({ title: text(object(v, a)['title'], `${a}.title`), ...readTable(v, a) }),
      1000,
    ),
    warnings: list(o['warnings'], `${at}.warnings`, text),
    errors: list(o['errors'], `${at}.errors`, readLedgerRow),
  };
}

function progress(value: unknown, at: string): ProgressData {
  const o = object(value, at);
  const amount = between(0, 1e18);
  return {
    label: text(o['label'], `${at}.label`),
    done: amount(o['done'], `${at}.done`),
    total: optional(o['total'], `${at}.total`, amount),
    unit: text(o['unit'], `${at}.unit`),
    bytes: optional(o['bytes'], `${at}.bytes`, amount),
    failed: count(o['failed'], `${at}.failed`),
    elapsedMs: amount(o['elapsedMs'], `${at}.elapsedMs`),
    finished: boolean(o['finished'], `${at}.finished`),
  };
}

const READERS: { readonly [K in PayloadKind]: Reader<PayloadData[K]> } = {
  catalog,
  geoslice,
  tensor,
  samples,
  chips,
  curation,
  table: readTable,
  report,
  progress,
};

/** A payload of any kind, told apart by `kind`. */
export type AnyPayload = {
  readonly [K in PayloadKind]: Payload<K, PayloadData[K]> & { readonly kind: K };
}[PayloadKind];

/** Why a payload cannot be shown: the reason, and what of it can still be said. */
export interface PayloadProblem {
  readonly problem: string;
  readonly alt: string;
  readonly title: string;
  /** True when a newer Nadir wrote it: nothing is wrong with the file. */
  readonly newer: boolean;
}

function sayable(json: unknown, key: string): string {
  const found = attempt(() => text(object(json, 'payload')[key], key));
  return found.ok ? found.value : '';
}

/** The payload that `json` holds, copied and checked, or the problem. Never throws, whatever comes. */
export function parsePayload(json: unknown): AnyPayload | PayloadProblem {
  const version = attempt(() => number(object(json, 'payload')['version'], 'version'));
  const problem = (reason: string, newer: boolean): PayloadProblem => ({
    problem: reason,
    newer,
    alt: sayable(json, 'alt'),
    title: sayable(json, 'title'),
  });
  if (version.ok && version.value > PAYLOAD_VERSION)
    return problem(`made by a newer Nadir (payload version ${version.value})`, true);
  const outcome = attempt((): AnyPayload => {
    const o = object(json, 'payload');
    const kinds = Object.keys(READERS);
    // SAFETY: the keys of READERS are exactly the payload kinds.
    const kind = oneOf(kinds as PayloadKind[])(o['kind'], 'kind');
    const frame = {
      kind,
      version: whole(1, PAYLOAD_VERSION)(o['version'], 'version'),
      viewId: text(o['viewId'], 'viewId'),
      datasetId: text(o['datasetId'], 'datasetId'),
      title: text(o['title'], 'title'),
      alt: text(o['alt'], 'alt'),
      producer: text(o['producer'], 'producer'),
      live: boolean(o['live'], 'live'),
      truncated: optional(o['truncated'], 'truncated', text),
    };
    // SAFETY: the reader is the one of `kind`, so data and kind agree.
    return { ...frame, data: READERS[kind](o['data'], 'data') } as AnyPayload;
  });
  return outcome.ok ? outcome.value : problem(outcome.problem, false);
}

/** True for the result of {@link parsePayload} that cannot be shown. */
export function isProblem(parsed: AnyPayload | PayloadProblem): parsed is PayloadProblem {
  return 'problem' in parsed;
}
