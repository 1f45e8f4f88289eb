/** Number, envelope and time of all rows, without reading footprints. */
import type { Bounds, Interval } from '../../../core/index.js';
import type { CatalogTable } from '../../table.js';
import type { Part } from './parts.js';
import { NO_PARAMS, type DuckdbSession } from './session.js';
import { pathList } from './sql-text.js';

export interface Summary {
  readonly count: number;
  /** Four NaN when empty. */
  readonly bounds: Bounds;
  /** Of dated rows. */
  readonly extent: Interval | null;
}

class Sum {
  #count = 0;
  #bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  #extent: [number, number] = [Infinity, -Infinity];

  add(count: number, [xmin, ymin, xmax, ymax]: Bounds, start: number, end: number): void {
    const [a, b, c, d] = this.#bounds;
    this.#count += count;
    this.#bounds = [Math.min(a, xmin), Math.min(b, ymin), Math.max(c, xmax), Math.max(d, ymax)];
    this.#extent = [Math.min(this.#extent[0], start), Math.max(this.#extent[1], end)];
  }

  /** Adds rows one by one; static ones have infinite times. */
  addTable(table: CatalogTable): void {
    for (let i = 0; i < table.length; i++) {
      const [xmin = NaN, ymin = NaN, xmax = NaN, ymax = NaN] = table.boxes.subarray(4 * i, 4 * i + 4);
      const [start = NaN, end = NaN] = [table.starts[i], table.ends[i]];
      const dated = Number.isFinite(start);
      this.add(1, [xmin, ymin, xmax, ymax], dated ? start : Infinity, dated ? end : -Infinity);
    }
  }

  get(): Summary {
    const [start, end] = this.#extent;
    return {
      count: this.#count,
      bounds: this.#count === 0 ? [NaN, NaN, NaN, NaN] : this.#bounds,
      extent: start <= end ? Object.freeze({ start, end }) : null,
    };
  }
}

/** Whether coverings and times alone give what rows would: doubles, no nulls, whole microseconds. */
function canAsk({ box, schema }: Part): boolean {
  return box?.exact === true && ['start_time', 'end_time'].every((name) => schema.column(name)?.type === 'TIMESTAMP');
}

/** Sums up all rows by SQL, or from rows where the columns for that are missing. */
export async function summarise(
  session: DuckdbSession,
  parts: readonly Part[],
  table: CatalogTable | null,
  scan: () => AsyncIterable<CatalogTable>,
  signal: AbortSignal | undefined,
): Promise<Summary> {
  const sum = new Sum();
  if (table) {
    sum.addTable(table);
    return sum.get();
  }
  if (!parts.every(canAsk)) {
    for await (const batch of scan()) sum.addTable(batch);
    return sum.get();
  }
  const alike = new Map<string, Part[]>();
  for (const part of parts) {
    const key = part.box?.sql.join() ?? '';
    alike.set(key, [...(alike.get(key) ?? []), part]);
  }
  for (const group of alike.values()) {
    const [xmin, ymin, xmax, ymax] = group[0]?.box?.sql ?? [];
    const [row] = await session.all(
      `SELECT count(*)::DOUBLE AS n, min(${xmin}) AS xmin, min(${ymin}) AS ymin, max(${xmax}) AS xmax, max(${ymax}) AS ymax,
         epoch_us(min(start_time))::DOUBLE AS "start", epoch_us(max(end_time))::DOUBLE AS "end"
       FROM read_parquet(${pathList(group.map((p) => p.path))}, hive_partitioning = false)`,
      NO_PARAMS,
      signal,
    );
    const number = (name: string, missing: number): number => {
      const value = row?.[name];
      return typeof value === 'number' ? value : missing;
    };
    const bounds: Bounds = [
      number('xmin', Infinity),
      number('ymin', Infinity),
      number('xmax', -Infinity),
      number('ymax', -Infinity),
    ];
    sum.add(number('n', 0), bounds, number('start', Infinity), number('end', -Infinity));
  }
  return sum.get();
}
