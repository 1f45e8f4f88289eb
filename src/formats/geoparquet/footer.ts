/**
 * Footers of Parquet files: which rows are where, between which values, so that a part can be read alone and parts can
 * be joined. Source: Apache Parquet, parquet-format/src/main/thrift/parquet.thrift.
 */
import { FormatError } from '../../core/index.js';
import { T_BINARY, T_I32, T_STRUCT, ThriftReader, ThriftWriter } from './thrift.js';

/** One column of one row group. */
export interface ColumnChunk {
  /** Names from the top column down, joined by dots. */
  readonly path: string;
  readonly parts: readonly string[];
  /** Physical type: 0 boolean, 1 int32, 2 int64, 4 float, 5 double, 6 bytes. */
  readonly type: number;
  readonly encodings: readonly number[];
  readonly codec: number;
  readonly values: number;
  readonly uncompressed: number;
  readonly compressed: number;
  readonly dataPage: number;
  readonly dictionaryPage: number | undefined;
  /** Plain bytes of the least and greatest value, where stored. */
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
  readonly nulls: number | undefined;
  readonly statistics: Uint8Array | undefined;
}

export interface RowGroup {
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly ColumnChunk[];
}

/** A column, or a group of columns, in the order of the tree. */
export interface SchemaNode {
  readonly raw: Uint8Array;
  readonly name: string;
  readonly children: number;
  /** Physical type; −1 for groups. */
  readonly type: number;
  /** 0 required, 1 optional, 2 repeated. */
  readonly repetition: number;
  /** Older and newer annotations of the type; −1 where there is none. */
  readonly converted: number;
  readonly logical: number;
}

/** The footer of a file. */
export interface Footer {
  readonly version: number;
  readonly rows: number;
  readonly schema: readonly SchemaNode[];
  readonly groups: readonly RowGroup[];
  readonly metadata: readonly (readonly [key: string, value: string])[];
  readonly createdBy: string | undefined;
  readonly columnOrders: Uint8Array | undefined;
}

function readSchemaNode(r: ThriftReader): SchemaNode {
  let name = '';
  const n = { children: 0, type: -1, repetition: 0, converted: -1, logical: -1 };
  const keys: Readonly<Record<number, keyof typeof n>> = { 1: 'type', 3: 'repetition', 5: 'children', 6: 'converted' };
  const raw = r.raw(() => {
    r.struct((id, type) => {
      const key = keys[id];
      if (key !== undefined) n[key] = r.integer();
      else if (id === 4) name = r.text();
      else if (id === 10 && type === T_STRUCT) {
        // A union: the one field that is there names the type.
        r.struct((kind) => {
          n.logical = kind;
          return false;
        });
      } else return false;
      return true;
    });
  });
  return { raw, name, ...n };
}

function readStatistics(r: ThriftReader): Pick<ColumnChunk, 'min' | 'max' | 'nulls' | 'statistics'> {
  let min: Uint8Array | undefined;
  let max: Uint8Array | undefined;
  let nulls: number | undefined;
  const statistics = r.raw(() => {
    r.struct((id) => {
      // Fields 1 and 2 are older, of the same layout for numbers.
      if (id === 5 || id === 1) max = r.binary();
      else if (id === 6 || id === 2) min = r.binary();
      else if (id === 3) nulls = r.integer();
      else return false;
      return true;
    });
  });
  return { min, max, nulls, statistics };
}

function readChunk(r: ThriftReader): ColumnChunk {
  const n = { type: -1, codec: -1, values: -1, uncompressed: -1, compressed: -1, dataPage: -1 };
  let dictionaryPage: number | undefined;
  let parts: string[] = [];
  let encodings: number[] = [];
  let statistics: ReturnType<typeof readStatistics> = {
    min: undefined,
    max: undefined,
    nulls: undefined,
    statistics: undefined,
  };
  const names: Readonly<Record<number, keyof typeof n>> = {
    1: 'type',
    4: 'codec',
    5: 'values',
    6: 'uncompressed',
    7: 'compressed',
    9: 'dataPage',
  };
  const metadata = (id: number): boolean => {
    const key = names[id];
    if (key !== undefined) n[key] = r.integer();
    else if (id === 2) encodings = r.list(() => r.integer());
    else if (id === 3) parts = r.list(() => r.text());
    else if (id === 11) dictionaryPage = r.integer();
    else if (id === 12) statistics = readStatistics(r);
    else return false;
    return true;
  };
  r.struct((id, type) => {
    if (id !== 3 || type !== T_STRUCT) return false;
    r.struct(metadata);
    return true;
  });
  return { ...n, ...statistics, dictionaryPage, parts, path: parts.join('.'), encodings };
}

function readGroup(r: ThriftReader): RowGroup {
  let columns: ColumnChunk[] = [];
  let [rows, bytes] = [-1, 0];
  r.struct((id) => {
    if (id === 1) columns = r.list(() => readChunk(r));
    else if (id === 2) bytes = r.integer();
    else if (id === 3) rows = r.integer();
    else return false;
    return true;
  });
  return { rows, bytes, columns };
}

function readEntry(r: ThriftReader): readonly [string, string] {
  let [key, value] = ['', ''];
  r.struct((id) => {
    if (id === 1) key = r.text();
    else if (id === 2) value = r.text();
    else return false;
    return true;
  });
  return [key, value];
}

/** First byte of a column's pages: its dictionary, if any, comes first. */
export function chunkStart({ dataPage, dictionaryPage }: ColumnChunk): number {
  return dictionaryPage !== undefined && dictionaryPage > 0 ? Math.min(dictionaryPage, dataPage) : dataPage;
}

/** Offsets and counts as a file of `size` bytes can have them. */
function check({ rows, groups }: Footer, size: number): void {
  const fail = (why: string): never => {
    throw new FormatError('bad-parquet', `the footer is malformed: ${why}`);
  };
  let total = 0;
  for (const [g, group] of groups.entries()) {
    if (!Number.isSafeInteger(group.rows) || group.rows < 0) fail(`row group ${g} claims ${group.rows} rows`);
    total += group.rows;
    for (const c of group.columns) {
      const start = chunkStart(c);
      if (!(start >= 4 && c.compressed >= 0 && start + c.compressed <= size))
        fail(`column ${c.path} of row group ${g} lies outside the file`);
      if (!(c.uncompressed >= 0 && c.values >= 0)) fail(`column ${c.path} of row group ${g} has no size`);
    }
  }
  if (total !== rows) fail(`it claims ${rows} rows, its row groups ${total}`);
}

/**
 * The footer in the bytes between the pages and the closing length of a file of `size` bytes.
 *
 * @throws {@link FormatError} `bad-parquet`.
 */
export function parseFooter(bytes: Uint8Array, size: number): Footer {
  const r = new ThriftReader(bytes);
  let [version, rows] = [1, 0];
  let schema: SchemaNode[] = [];
  let groups: RowGroup[] = [];
  let metadata: (readonly [string, string])[] = [];
  let createdBy: string | undefined;
  let columnOrders: Uint8Array | undefined;
  r.struct((id, type) => {
    if (id === 1) version = r.integer();
    else if (id === 2) schema = r.list(() => readSchemaNode(r));
    else if (id === 3) rows = r.integer();
    else if (id === 4) groups = r.list(() => readGroup(r));
    else if (id === 5) metadata = r.list(() => readEntry(r));
    else if (id === 6) createdBy = r.text();
    else if (id === 7)
      columnOrders = r.raw(() => {
        r.skip(type);
      });
    else return false;
    return true;
  });
  const footer = { version, rows, schema, groups, metadata, createdBy, columnOrders };
  check(footer, size);
  return footer;
}

/** The place behind a node and all nodes below it, which follow it. */
export function endOf(schema: readonly SchemaNode[], at: number): number {
  let end = at;
  for (let open = 1; open > 0 && end < schema.length; end++) open += (schema[end]?.children ?? 0) - 1;
  return end;
}

/** The top columns of a schema by name. */
export function topNodes(schema: readonly SchemaNode[]): ReadonlyMap<string, SchemaNode> {
  const nodes = new Map<string, SchemaNode>();
  for (let at = 1; at < schema.length; at = endOf(schema, at)) {
    const node = schema[at];
    if (node) nodes.set(node.name, node);
  }
  return nodes;
}

/** Nodes of the schema under the top columns to keep, with a root that counts them. */
export function selectSchema(schema: readonly SchemaNode[], keep: (name: string) => boolean): readonly SchemaNode[] {
  const [root, ...nodes] = schema;
  const kept: SchemaNode[] = [];
  let columns = 0;
  for (let i = 0; i < nodes.length;) {
    const end = endOf(nodes, i);
    const name = nodes[i]?.name ?? '';
    if (keep(name)) {
      kept.push(...nodes.slice(i, end));
      columns++;
    }
    i = end;
  }
  const w = new ThriftWriter();
  const name = root?.name ?? 'schema';
  w.struct([
    [4, T_BINARY, () => w.binary(name)],
    [5, T_I32, () => w.integer(columns)],
  ]);
  const group = { type: -1, repetition: 0, converted: -1, logical: -1 };
  return [{ ...group, raw: w.bytes, name, children: columns }, ...kept];
}
