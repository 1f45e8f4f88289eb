/** Stored rows of older schema versions to the current one (`catalog.md` §7): pure steps, chained. */
import { CatalogError, MICROS_PER_DAY, parseTime } from '../core/index.js';
import { stemOf } from './file-name.js';
import { SCHEMA_VERSION } from './schema.js';

/** A stored row by column name; times in microseconds. */
export type StoredRow = Readonly<Record<string, unknown>>;
type Step = (row: StoredRow, index: number) => StoredRow;

const dayOf = (micros: number): number => Math.floor(micros / MICROS_PER_DAY);
/** Dates that other tools write for "always". Compared by day, since writers differ in the last digits. */
const ALWAYS_FROM = dayOf(parseTime('1900-01-01'));
const ALWAYS_UNTIL: ReadonlySet<number> = new Set(['2100-01-01', '2099-12-31'].map((date) => dayOf(parseTime(date))));

/** Whether an interval stands for "always"; the limits of a pandas Timestamp (1677 and 2262) are beyond safe integers. */
function isSentinel(start: number, end: number): boolean {
  const always = (t: number): boolean =>
    !Number.isSafeInteger(t) || dayOf(t) === ALWAYS_FROM || ALWAYS_UNTIL.has(dayOf(t));
  return always(start) && always(end);
}

/** A time of a foreign file: its column may be of timestamps or of text. */
function micros(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' ? parseTime(value) : null;
}

/** 0 → 1 derives `id` and `static`, and maps sentinels to NULL; the native columns are then simply absent. */
const fromZero: Step = (row, index) => {
  const path = typeof row['filepath'] === 'string' ? row['filepath'] : '';
  const given = row['id'];
  const id =
    typeof given === 'string' || typeof given === 'number'
      ? String(given)
      : path === ''
        ? `row-${index}`
        : stemOf(path);
  const start = micros(row['start_time']);
  const end = micros(row['end_time']) ?? start;
  const dated = start !== null && end !== null && !isSentinel(start, end);
  return { ...row, id, filepath: path, start_time: dated ? start : null, end_time: dated ? end : null, static: !dated };
};

const STEPS: ReadonlyMap<number, Step> = new Map([[0, fromZero]]);

/** The step chain from a version to the current one. @throws {@link CatalogError} `newer-schema`, `no-migration`. */
export function migration(version: number, file: string): Step {
  if (version > SCHEMA_VERSION) {
    throw new CatalogError(
      'newer-schema',
      `${file} has schema version ${version}; this Nadir reads versions up to ${SCHEMA_VERSION}.`,
      { hint: 'Update Nadir.', details: { file, version } },
    );
  }
  const steps: Step[] = [];
  for (let v = version; v < SCHEMA_VERSION; v++) {
    const step = STEPS.get(v);
    if (!step)
      throw new CatalogError(
        'no-migration',
        `Nadir has no migration from schema version ${v} to ${v + 1}; please report this.`,
        { details: { file, version } },
      );
    steps.push(step);
  }
  return (row, index) => steps.reduce((r, step) => step(r, index), row);
}
