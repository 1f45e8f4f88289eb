/** Columns of tables as nodes of a Parquet schema. Source: Apache Parquet, parquet.thrift and LogicalTypes.md. */
import type { ColumnSpec } from './arrow-column.js';
import { T_BINARY, T_FALSE, T_I32, T_STRUCT, ThriftWriter } from './thrift.js';
import type { SchemaNode } from './footer.js';

/** Physical types. */
export const [BOOLEAN, INT32, INT64, FLOAT, DOUBLE, BYTES] = [0, 1, 2, 4, 5, 6] as const;
const [REQUIRED, OPTIONAL, REPEATED] = [0, 1, 2] as const;
/** Annotations, the older and the newer one. */
const TEXT = { converted: 0, logical: 1 };
const LIST = { converted: 3, logical: 3 };
const MICROS = { converted: 10, logical: 8 };
const NONE = { converted: -1, logical: -1 };
type Annotation = typeof NONE;

/** A column of numbers, texts or bytes, as it is stored. */
export interface Leaf {
  readonly parts: readonly string[];
  readonly type: number;
  /** 0 where values are always there, 1 where they may be null, 3 in lists. */
  readonly depth: 0 | 1 | 3;
  /** Whether values are texts. */
  readonly text: boolean;
}

function node(
  name: string,
  repetition: number,
  type: number,
  children: number,
  { converted, logical }: Annotation,
): SchemaNode {
  const w = new ThriftWriter();
  const empty = (): void => {
    w.struct([]);
  };
  const moment = (): void => {
    // Without zone, in microseconds.
    w.struct([
      [1, T_FALSE, () => undefined],
      [2, T_STRUCT, () => w.struct([[2, T_STRUCT, empty]])],
    ]);
  };
  w.struct([
    type < 0 ? undefined : [1, T_I32, () => w.integer(type)],
    repetition < 0 ? undefined : [3, T_I32, () => w.integer(repetition)],
    [4, T_BINARY, () => w.binary(name)],
    children === 0 ? undefined : [5, T_I32, () => w.integer(children)],
    converted < 0 ? undefined : [6, T_I32, () => w.integer(converted)],
    logical < 0
      ? undefined
      : [10, T_STRUCT, () => w.struct([[logical, T_STRUCT, logical === MICROS.logical ? moment : empty]])],
  ]);
  return { raw: w.bytes.slice(), name, children, type, repetition, converted, logical };
}

const PLAIN_TYPES: Readonly<Partial<Record<string, readonly [type: number, annotation: Annotation]>>> = {
  string: [BYTES, TEXT],
  json: [BYTES, TEXT],
  int32: [INT32, NONE],
  int64: [INT64, NONE],
  float32: [FLOAT, NONE],
  double: [DOUBLE, NONE],
  bool: [BOOLEAN, NONE],
  timestamp: [INT64, MICROS],
  binary: [BYTES, NONE],
  geometry: [BYTES, NONE],
};

/** The nodes of a schema, and its leaves in their order. Every column but the box may be null. */
export function schemaOf(columns: readonly ColumnSpec[]): {
  readonly nodes: readonly SchemaNode[];
  readonly leaves: readonly Leaf[];
} {
  const nodes = [node('arrow_schema', -1, -1, columns.length, NONE)];
  const leaves: Leaf[] = [];
  for (const { name, type } of columns) {
    if (type === 'bbox') {
      nodes.push(node(name, REQUIRED, -1, 4, NONE));
      for (const axis of ['xmin', 'ymin', 'xmax', 'ymax']) {
        nodes.push(node(axis, REQUIRED, DOUBLE, 0, NONE));
        leaves.push({ parts: [name, axis], type: DOUBLE, depth: 0, text: false });
      }
      continue;
    }
    const item = /^list<(.*)>$/.exec(type)?.[1];
    const [physical, annotation] = PLAIN_TYPES[item ?? type] ?? [BYTES, NONE];
    const text = annotation === TEXT;
    if (item === undefined) {
      nodes.push(node(name, OPTIONAL, physical, 0, annotation));
      leaves.push({ parts: [name], type: physical, depth: 1, text });
      continue;
    }
    nodes.push(node(name, OPTIONAL, -1, 1, LIST), node('list', REPEATED, -1, 1, NONE));
    nodes.push(node('element', OPTIONAL, physical, 0, annotation));
    leaves.push({ parts: [name, 'list', 'element'], type: physical, depth: 3, text });
  }
  return { nodes, leaves };
}

/** The order of values by their types, for every leaf: readers trust least and greatest values only with it. */
export function columnOrders(leaves: readonly Leaf[]): Uint8Array {
  const w = new ThriftWriter();
  w.list(T_STRUCT, leaves, () => {
    w.struct([[1, T_STRUCT, () => w.struct([])]]);
  });
  return w.bytes.slice();
}
