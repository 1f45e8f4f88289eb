/** Reads the cells of one file into the arrays of a cube, in boxes of bounded size. */
import { cubeItemSize, type CubeDescription, type CubeSelection, type CubeVariable } from '../formats/cube/index.js';
import type { CubeLayout, LayoutVar } from './cube-layout.js';
import { variableNames, type CubeSource, type SourceVar } from './cube-source.js';
import { decode, type FloatArray } from './cube-values.js';
import type { Run } from './cube-window.js';

/** Stored bytes of one read, where chunks allow it. */
const READ_BYTES = 64 << 20;

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);

/** Positions of one dimension of the file, and for each of those read where it goes: elements of the result, or −1. */
interface Extent {
  readonly start: number;
  readonly offsets: Int32Array;
}

/** Splits an extent at multiples of `size` of the file's positions. */
function split({ start, offsets }: Extent, size: number): Extent[] {
  const parts: Extent[] = [];
  for (let at = start; at < start + offsets.length;) {
    const end = Math.min(start + offsets.length, (Math.floor(at / size) + 1) * size);
    // Positions that go nowhere, at either end, are not read.
    let [a, b] = [at - start, end - start];
    while (a < b && offsets[a] === -1) a++;
    while (b > a && offsets[b - 1] === -1) b--;
    if (b > a) parts.push({ start: start + a, offsets: offsets.subarray(a, b) });
    at = end;
  }
  return parts;
}

function runExtent(run: Run, reversed: boolean, first: number, stride: number): Extent {
  const { start, count } = run;
  return {
    start,
    offsets: Int32Array.from({ length: count }, (_, i) => (first + (reversed ? count - 1 - i : i)) * stride),
  };
}

/** Positions in the file as an extent from the first to the last of them. */
function sparseExtent(places: readonly (readonly [index: number, to: number])[], stride: number): Extent {
  const start = Math.min(...places.map((p) => p[0]));
  const end = Math.max(...places.map((p) => p[0])) + 1;
  const offsets = new Int32Array(end - start).fill(-1);
  for (const [index, to] of places) offsets[index - start] = to * stride;
  return { start, offsets };
}

/** Puts values where they belong; missing ones leave what is there. */
function scatter(values: FloatArray, extents: readonly Extent[], out: FloatArray, base: number): void {
  const last = extents.length - 1;
  const counts = extents.map((e) => e.offsets.length);
  const strides = counts.map((_, d) => product(counts.slice(d + 1)));
  const inner = extents[last]?.offsets ?? new Int32Array(1);
  const walk = (d: number, from: number, to: number): void => {
    if (d >= last) {
      putRow(values, from, inner, out, to);
      return;
    }
    const offsets = extents[d]?.offsets ?? new Int32Array(0);
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i] as number;
      if (offset >= 0) walk(d + 1, from + i * (strides[d] as number), to + offset);
    }
  };
  walk(0, 0, base);
}

function putRow(values: FloatArray, from: number, offsets: Int32Array, out: FloatArray, to: number): void {
  for (let i = 0; i < offsets.length; i++) {
    const value = values[from + i] as number;
    const offset = offsets[i] as number;
    if (value === value && offset >= 0) out[to + offset] = value;
  }
}

/** Positions per read of a dimension: whole chunks, as many as fit, at least one. */
function partSize(bytesPerPosition: number, chunk: number): number {
  const fits = Math.floor(READ_BYTES / Math.max(1, bytesPerPosition));
  return fits >= chunk ? fits - (fits % chunk) : fits >= 1 && chunk > 16 * fits ? fits : chunk;
}

/** The boxes of one variable: extents per dimension of the file. */
function boxesOf(
  v: SourceVar,
  variable: CubeVariable,
  source: CubeSource,
  layout: CubeLayout,
  target: LayoutVar,
  xRun: Run,
  yRun: Run,
): Extent[][] {
  const strides = new Map(target.dims.map((dim, d) => [dim, product(target.shape.slice(d + 1))]));
  const stride = (dim: string): number => strides.get(dim) ?? 0;
  const places = new Map(layout.times.map((time, i) => [time, i]));
  const extents = v.dims.map((dim): Extent => {
    if (dim === 'x') return runExtent(xRun, source.x.reversed, layout.columnOf(source, xRun), stride('x'));
    if (dim === 'y') return runExtent(yRun, source.y.reversed, layout.rowOf(source, yRun), stride('y'));
    if (dim === 'time')
      return sparseExtent(
        source.times.map(({ time, index }) => [index, places.get(time) ?? 0]),
        stride('time'),
      );
    const positions = layout.others.get(dim)?.positions ?? [];
    return sparseExtent(
      positions.map((index, to) => [index, to]),
      stride(dim),
    );
  });
  const item = cubeItemSize(variable.dtype);
  let boxes: Extent[][] = [extents];
  // Split along the slowest dimensions first, until a box is small enough.
  for (let d = 0; d < extents.length; d++) {
    const below = product(extents.slice(d + 1).map((e) => e.offsets.length)) * item;
    const size = partSize(below, variable.chunks?.[d] ?? 1);
    boxes = boxes.flatMap((box) =>
      split(box[d] as Extent, Math.max(1, size)).map((part) => box.map((e, k) => (k === d ? part : e))),
    );
    if (below * size <= READ_BYTES && size > 1) break;
  }
  return boxes;
}

/**
 * Reads what a file gives, over what earlier files gave.
 *
 * @param outputs Arrays of the layout's variables, by name.
 */
export async function readSource(
  source: CubeSource,
  cube: CubeDescription,
  layout: CubeLayout,
  outputs: ReadonlyMap<string, FloatArray>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = variableNames(cube.variables);
  for (const variable of cube.variables) {
    const v = source.vars.find((s) => s.name === names.get(variable));
    const target = layout.vars.find((t) => t.name === v?.name);
    const out = outputs.get(v?.name ?? '');
    if (!v || !target || !out) continue;
    const [time] = source.times;
    const frame = v.addsTime && time ? layout.times.indexOf(time.time) * product(target.shape.slice(1)) : 0;
    for (const yRun of source.yRuns) {
      for (const xRun of source.xRuns) {
        for (const extents of boxesOf(v, variable, source, layout, target, xRun, yRun)) {
          signal?.throwIfAborted();
          const box: CubeSelection = {
            start: extents.map((e) => e.start),
            count: extents.map((e) => e.offsets.length),
          };
          const stored = await variable.read(box, signal ? { signal } : {});
          scatter(decode(stored, v.decoding), extents, out, frame);
        }
      }
    }
  }
}
