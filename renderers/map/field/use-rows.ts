/** Rows of a large catalog for its table: from the kernel while it lives, else those that the payload holds. */
import { useMemo, useState } from 'preact/hooks';
import { parseRowsResult, type RowsArgs, type TimeFilter } from '../../../src/display/wire/message.js';
import type { Cell, FootprintRow } from '../../../src/display/wire/payload.js';
import { formatCount, formatInterval, formatTime } from '../../shared/format.js';
import type { Host } from '../../shared/host.js';
import { factOf, HIDDEN, timesOf, type Chunk } from './chunk.js';
import type { Field } from './field.js';
import { PAGE_ROWS, type ColumnSort, type PageRow } from './paged-table.js';

export interface TableRows {
  readonly columns: readonly string[];
  readonly length: number;
  readonly load: (page: number, signal: AbortSignal) => Promise<readonly PageRow[]>;
  readonly note: string | null;
}

interface From {
  readonly host: Host;
  readonly viewId: string;
  readonly datasetId: string;
  readonly field: Field;
  readonly isAlone: boolean;
  readonly total: number;
  readonly time: TimeFilter | null;
  readonly sort: ColumnSort | null;
}

const TIMES = ['id', 'start', 'end'];

function cellsOf(row: FootprintRow): Record<string, Cell> {
  return {
    ...row.properties,
    id: row.id,
    start: row.startMicros === null ? null : formatInterval(row.startMicros, row.startMicros),
    end: row.endMicros === null ? null : formatTime(row.endMicros),
  };
}

/** The rows. They change with filter, sort, and when the kernel goes. */
export function useRows({ host, viewId, datasetId, field, isAlone, total, time, sort }: From): TableRows {
  const [found, setFound] = useState<{ readonly columns: readonly string[]; readonly length: number }>({
    columns: TIMES,
    length: total,
  });
  const local = useMemo(() => (isAlone ? localRows(field.base, time, sort) : null), [isAlone, field.base, time, sort]);
  const load = useMemo(
    () =>
      async (page: number, signal: AbortSignal): Promise<readonly PageRow[]> => {
        if (local) return local.page(page);
        const from = page * PAGE_ROWS;
        const args: RowsArgs = { datasetId, from, to: from + PAGE_ROWS, time, sort };
        const parsed = parseRowsResult(await host.ask(viewId, 'rows', args, signal));
        if (!parsed.ok) throw new Error(parsed.problem);
        const { rows, indices, total: passing } = parsed.value;
        setFound((before) => {
          const columns = [...new Set([...before.columns, ...rows.flatMap((r) => Object.keys(r.properties))])];
          const length = passing ?? total;
          return columns.length === before.columns.length && length === before.length ? before : { columns, length };
        });
        return rows.map((row, k) => ({ key: indices?.[k] ?? from + k, cells: cellsOf(row) }));
      },
    [local, host, viewId, datasetId, time, sort],
  );
  if (!local) {
    // Of catalogs too large to be kept the kernel holds a sample.
    const isSample = time === null && found.length < total;
    return {
      ...found,
      load,
      note: isSample ? `a sample of ${formatCount(found.length)} rows; the map counts all` : null,
    };
  }
  const note = local.isPart
    ? `the kernel has stopped: these are the ${formatCount(local.length)} rows that the file holds`
    : null;
  return { columns: local.columns, length: local.length, load, note };
}

interface LocalRows {
  readonly columns: readonly string[];
  readonly length: number;
  readonly isPart: boolean;
  page(page: number): PageRow[];
}

function localRows(chunks: readonly Chunk[], time: TimeFilter | null, sort: ColumnSort | null): LocalRows {
  const [chunk] = chunks;
  if (!chunk) return { columns: TIMES, length: 0, isPart: false, page: () => [] };
  // A payload holds one chunk; after "Load all" the rows come with boxes and times only.
  const all = Uint32Array.from({ length: chunk.length }, (_, i) => i);
  const kept = time ? all.filter((i) => ((chunk.state[i] ?? 0) & HIDDEN) === 0) : all;
  const value = (i: number, column: string): Cell => {
    const [start, end] = timesOf(chunk, i);
    return column === 'start' ? start : column === 'end' ? end : factOf(chunk, column, i);
  };
  if (sort) {
    const direction = sort.descending ? -1 : 1;
    const keys = Array.from(all, (i) => value(i, sort.column));
    kept.sort((a, b) => {
      const [x, y] = [keys[a] ?? null, keys[b] ?? null];
      if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
      return (x === y ? 0 : x < y ? -direction : direction) || a - b;
    });
  }
  return {
    columns: [
      ...(chunk.facts.has('id') ? ['id'] : []),
      'start',
      'end',
      ...[...chunk.facts.keys()].filter((n) => n !== 'id'),
    ],
    length: kept.length,
    isPart: true,
    page: (page) =>
      [...kept.subarray(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)].map((i) => {
        const [start, end] = timesOf(chunk, i);
        const facts = [...chunk.facts.keys()].map((name) => [name, factOf(chunk, name, i)] as const);
        return {
          key: i,
          cells: {
            ...Object.fromEntries(facts),
            start: start === null ? null : formatTime(start),
            end: end === null ? null : formatTime(end),
          },
        };
      }),
  };
}
