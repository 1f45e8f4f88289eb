/**
 * A minimal writer of NetCDF classic files: fixed dimensions, numeric variables, text and number attributes.
 *
 * Layout: NetCDF Classic Format Specification (Unidata), version 1 (`CDF\x01`), big-endian, padded to 4 bytes.
 */

export interface Variable {
  readonly name: string;
  readonly dims: readonly string[];
  readonly type: 'float' | 'double' | 'short';
  readonly values: readonly number[];
  readonly attributes: Readonly<Record<string, string | number>>;
}

const TAG = { dimension: 10, variable: 11, attribute: 12 } as const;
const TYPE = { char: 2, short: 3, float: 5, double: 6 } as const;
const SIZE = { short: 2, float: 4, double: 8 } as const;
const pad4 = (n: number): number => (n + 3) & ~3;

class Writer {
  readonly #parts: Buffer[] = [];
  length = 0;
  add(b: Buffer): void {
    this.#parts.push(b);
    this.length += b.length;
  }
  int(v: number): void {
    const b = Buffer.alloc(4);
    b.writeInt32BE(v);
    this.add(b);
  }
  text(s: string): void {
    const bytes = Buffer.from(s, 'utf8');
    this.int(bytes.length);
    this.add(Buffer.concat([bytes, Buffer.alloc(pad4(bytes.length) - bytes.length)]));
  }
  attributes(all: Readonly<Record<string, string | number>>): void {
    const entries = Object.entries(all);
    this.int(entries.length ? TAG.attribute : 0);
    this.int(entries.length);
    for (const [name, value] of entries) {
      this.text(name);
      if (typeof value === 'string') {
        this.int(TYPE.char);
        this.text(value);
      } else {
        this.int(TYPE.double);
        this.int(1);
        const b = Buffer.alloc(8);
        b.writeDoubleBE(value);
        this.add(b);
      }
    }
  }
  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function encode(v: Variable): Buffer {
  const size = SIZE[v.type];
  const b = Buffer.alloc(pad4(v.values.length * size));
  v.values.forEach((value, i) => {
    if (v.type === 'short') b.writeInt16BE(Math.round(value), i * size);
    else if (v.type === 'float') b.writeFloatBE(value, i * size);
    else b.writeDoubleBE(value, i * size);
  });
  return b;
}

/** The bytes of a NetCDF classic file. */
export function encodeNetCdf3(
  dims: Readonly<Record<string, number>>,
  variables: readonly Variable[],
  attributes: Readonly<Record<string, string | number>>,
): Buffer {
  const names = Object.keys(dims);
  const data = variables.map(encode);
  const header = (offsets: readonly number[]): Buffer => {
    const w = new Writer();
    w.add(Buffer.from('CDF\x01', 'latin1'));
    w.int(0); // no record dimension
    w.int(TAG.dimension);
    w.int(names.length);
    for (const name of names) {
      w.text(name);
      w.int(dims[name] ?? 0);
    }
    w.attributes(attributes);
    w.int(TAG.variable);
    w.int(variables.length);
    variables.forEach((v, i) => {
      w.text(v.name);
      w.int(v.dims.length);
      for (const d of v.dims) w.int(names.indexOf(d));
      w.attributes(v.attributes);
      w.int(TYPE[v.type]);
      w.int(data[i]?.length ?? 0);
      w.int(offsets[i] ?? 0);
    });
    return w.done();
  };
  const start = header(variables.map(() => 0)).length;
  let at = start;
  const offsets = data.map((d) => {
    const here = at;
    at += d.length;
    return here;
  });
  return Buffer.concat([header(offsets), ...data]);
}
