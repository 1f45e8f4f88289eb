/** Arrow columns to JavaScript values. */
import { DataType, MapRow, StructRow, TimeUnit, Vector, type Timestamp } from 'apache-arrow';

/** Microseconds in one unit of a timestamp, as a fraction: nanoseconds are floored. */
const UNIT: Readonly<Record<TimeUnit, readonly [multiply: bigint, divide: bigint]>> = {
  [TimeUnit.SECOND]: [1_000_000n, 1n],
  [TimeUnit.MILLISECOND]: [1000n, 1n],
  [TimeUnit.MICROSECOND]: [1n, 1n],
  [TimeUnit.NANOSECOND]: [1n, 1000n],
};
const MICROS_PER_DAY = 86_400_000_000;

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b !== 0n && a < 0n ? q - 1n : q;
}

/** Arrow's own timestamps come as milliseconds and lose digits, so the stored integers are read. */
function timestamps(vector: Vector): (number | null)[] {
  const out: (number | null)[] = [];
  for (const data of vector.data) {
    // SAFETY: the caller checked that this is a timestamp column; its values are 64-bit integers.
    const [multiply, divide] = UNIT[(data.type as Timestamp).unit];
    const values = data.values as BigInt64Array;
    for (let i = 0; i < data.length; i++) {
      const raw = values[i] ?? 0n;
      out.push(data.getValid(i) ? Number(floorDivide(raw * multiply, divide)) : null);
    }
  }
  return out;
}

/** A value of Arrow as plain data: integers as numbers, structs and lists as objects and arrays, null where absent. */
export function plainValue(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof StructRow || value instanceof MapRow) {
    return Object.fromEntries([...(value as Iterable<readonly [string, unknown]>)].map(([k, v]) => [k, plainValue(v)]));
  }
  if (value instanceof Vector) return Array.from(value as Iterable<unknown>, plainValue);
  return value;
}

/** Whether a column holds moments or dates. */
export function isTimeType(type: DataType): boolean {
  return DataType.isTimestamp(type) || DataType.isDate(type);
}

/** All values of a column; times as integer microseconds since 1970. */
export function valuesOf(vector: Vector): readonly unknown[] {
  // SAFETY: Vector's type parameter is any DataType.
  const type = vector.type as DataType;
  if (DataType.isTimestamp(type)) return timestamps(vector);
  // Iterating goes chunk by chunk; `get` would search the chunk of every value.
  const values = Array.from(vector as Iterable<unknown>, plainValue);
  if (!DataType.isDate(type)) return values;
  // Dates come as milliseconds; a day is exact in them.
  return values.map((v) => (typeof v === 'number' ? Math.floor((v * 1000) / MICROS_PER_DAY) * MICROS_PER_DAY : null));
}
