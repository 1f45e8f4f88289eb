/** Footers of Parquet files made of the groups of others. Source: Apache Parquet, parquet.thrift. */
import type { ColumnChunk, Footer, RowGroup } from './footer.js';
import { T_BINARY, T_I32, T_I64, T_LIST, T_STRUCT, ThriftWriter } from './thrift.js';

/** The same footer, its pages moved by `shift` bytes. */
export function moveGroup(group: RowGroup, shift: (chunk: ColumnChunk) => number): RowGroup {
  return {
    ...group,
    columns: group.columns.map((c) => {
      const by = shift(c);
      return {
        ...c,
        dataPage: c.dataPage + by,
        dictionaryPage: c.dictionaryPage === undefined ? undefined : c.dictionaryPage + by,
      };
    }),
  };
}

function writeChunk(w: ThriftWriter, c: ColumnChunk): void {
  const { dictionaryPage, statistics } = c;
  const integer = (id: number, type: number, value: number) => [id, type, () => w.integer(value)] as const;
  w.struct([
    integer(2, T_I64, 0),
    [
      3,
      T_STRUCT,
      () => {
        w.struct([
          integer(1, T_I32, c.type),
          [2, T_LIST, () => w.list(T_I32, c.encodings, (e) => w.integer(e))],
          [3, T_LIST, () => w.list(T_BINARY, c.parts, (p) => w.binary(p))],
          integer(4, T_I32, c.codec),
          integer(5, T_I64, c.values),
          integer(6, T_I64, c.uncompressed),
          integer(7, T_I64, c.compressed),
          integer(9, T_I64, c.dataPage),
          dictionaryPage === undefined ? undefined : integer(11, T_I64, dictionaryPage),
          statistics && [12, T_STRUCT, () => w.raw(statistics)],
        ]);
      },
    ],
  ]);
}

/** The footer with its length and the closing mark, as it stands at the end of a file. */
export function encodeFooter(f: Footer): Uint8Array {
  const w = new ThriftWriter();
  const { createdBy, columnOrders } = f;
  w.struct([
    [1, T_I32, () => w.integer(f.version)],
    [2, T_LIST, () => w.list(T_STRUCT, f.schema, (node) => w.raw(node.raw))],
    [3, T_I64, () => w.integer(f.rows)],
    [
      4,
      T_LIST,
      () =>
        w.list(T_STRUCT, f.groups, (group) =>
          w.struct([
            [1, T_LIST, () => w.list(T_STRUCT, group.columns, (c) => writeChunk(w, c))],
            [2, T_I64, () => w.integer(group.bytes)],
            [3, T_I64, () => w.integer(group.rows)],
          ]),
        ),
    ],
    [
      5,
      T_LIST,
      () =>
        w.list(T_STRUCT, f.metadata, ([key, value]) =>
          w.struct([
            [1, T_BINARY, () => w.binary(key)],
            [2, T_BINARY, () => w.binary(value)],
          ]),
        ),
    ],
    createdBy === undefined ? undefined : [6, T_BINARY, () => w.binary(createdBy)],
    columnOrders && [7, T_LIST, () => w.raw(columnOrders)],
  ]);
  const out = new Uint8Array(w.bytes.length + 8);
  out.set(w.bytes);
  new DataView(out.buffer).setUint32(w.bytes.length, w.bytes.length, true);
  out.set([0x50, 0x41, 0x52, 0x31], w.bytes.length + 4);
  return out;
}
