/** Seeded damage to small files: what a broken disk, a cut-off download or an attacker makes of them. */

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator modulo 2^32, Numerical Recipes). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A tag of a TIFF directory: where its entry stands and where its values lie. */
interface Entry {
  readonly tag: number;
  readonly at: number;
  readonly valueAt: number;
  readonly size: number;
  readonly count: number;
}
interface Skeleton {
  readonly little: boolean;
  readonly big: boolean;
  readonly entries: readonly Entry[];
  /** Where the offsets of next directories stand, and the directory each belongs to. */
  readonly links: readonly { readonly at: number; readonly own: number }[];
  /** Bytes of blocks. */
  readonly blocks: readonly (readonly [start: number, end: number])[];
}

const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/** The directories of a valid TIFF, found by their plain definition. */
export function skeletonOf(tiff: Uint8Array): Skeleton {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = tiff[0] === 0x49;
  const big = view.getUint16(2, little) === 43;
  const word = (at: number): number => (big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const entries: Entry[] = [];
  const links: { at: number; own: number }[] = [];
  const blocks: (readonly [number, number])[] = [];
  for (let own = word(big ? 8 : 4); own !== 0;) {
    const n = big ? word(own) : view.getUint16(own, little);
    const first = own + (big ? 8 : 2);
    const step = big ? 20 : 12;
    const numbers = new Map<number, number[]>();
    for (let i = 0; i < n; i++) {
      const at = first + i * step;
      const size = SIZES[view.getUint16(at + 2, little)]!;
      const count = word(at + 4);
      const inline = size * count <= (big ? 8 : 4);
      const valueAt = inline ? at + (big ? 12 : 8) : word(at + (big ? 12 : 8));
      const tag = view.getUint16(at, little);
      entries.push({ tag, at, valueAt, size, count });
      numbers.set(
        tag,
        Array.from({ length: Math.min(count, 4096) }, (_, k) => {
          const p = valueAt + k * size;
          return size === 2
            ? view.getUint16(p, little)
            : size === 4
              ? view.getUint32(p, little)
              : size === 8
                ? Number(view.getBigUint64(p, little))
                : tiff[p]!;
        }),
      );
    }
    const offsets = numbers.get(324) ?? numbers.get(273) ?? [];
    const counts = numbers.get(325) ?? numbers.get(279) ?? [];
    offsets.forEach((o, k) => blocks.push([o, o + counts[k]!]));
    links.push({ at: first + n * step, own });
    own = word(first + n * step);
  }
  return { little, big, entries, links, blocks };
}

/** Values that break arithmetic. */
const NASTY = [0, 1, 2, 3, 7, 255, 256, 32767, 65535, 65536, 1 << 20, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** What was done to a file. */
export interface Mutant {
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** One damaged copy of a TIFF. */
export function mutateTiff(tiff: Uint8Array, skeleton: Skeleton, random: () => number): Mutant {
  const bytes = tiff.slice();
  const view = new DataView(bytes.buffer);
  const { little, big, entries, links, blocks } = skeleton;
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const put = (at: number, size: number, v: number): void => {
    if (size === 2) view.setUint16(at, v & 0xffff, little);
    else if (size === 4) view.setUint32(at, v >>> 0, little);
    else if (size === 8) view.setBigUint64(at, BigInt(v), little);
    else bytes[at] = v & 255;
  };
  const nasty = (): number => (random() < 0.7 ? pick(NASTY) : below(2 ** 32));
  switch (below(8)) {
    case 0: {
      const n = 1 + below(8);
      for (let i = 0; i < n; i++) bytes[below(bytes.length)] = below(256);
      return { bytes, what: `${n} bytes changed` };
    }
    case 1: {
      const length = below(bytes.length);
      return { bytes: bytes.slice(0, length), what: `cut to ${length} bytes` };
    }
    case 2: {
      const e = pick(entries);
      const v = nasty();
      put(e.valueAt + e.size * below(Math.max(1, Math.min(e.count, 64))), e.size, v);
      return { bytes, what: `tag ${e.tag} has ${v}` };
    }
    case 3: {
      const e = pick(entries);
      const v = nasty();
      put(e.at + 4, big ? 8 : 4, v);
      return { bytes, what: `tag ${e.tag} has ${v} values` };
    }
    case 4: {
      const [a, b] = [pick(entries), pick(entries)];
      const n = big ? 18 : 10;
      const held = bytes.slice(a.at + 2, a.at + 2 + n);
      bytes.copyWithin(a.at + 2, b.at + 2, b.at + 2 + n);
      bytes.set(held, b.at + 2);
      return { bytes, what: `tags ${a.tag} and ${b.tag} swapped` };
    }
    case 5: {
      const link = pick(links);
      const v = random() < 0.5 ? pick(links).own : nasty();
      put(link.at, big ? 8 : 4, v);
      return { bytes, what: `next directory at ${v}` };
    }
    case 6: {
      const e = pick(entries.filter((x) => [273, 279, 324, 325].includes(x.tag)));
      const v = random() < 0.3 ? 0 : nasty();
      put(e.valueAt + e.size * below(e.count), e.size, v);
      return { bytes, what: `tag ${e.tag} has ${v}` };
    }
    default: {
      const [start, end] = pick(blocks);
      const n = 1 + below(4);
      for (let i = 0; i < n && end > start; i++) bytes[start + below(end - start)] = below(256);
      return { bytes, what: `block at ${start} damaged` };
    }
  }
}

/** One damaged copy of a JPEG 2000 file: mostly in its headers, which are a small part of it. */
export function mutateJp2(jp2: Uint8Array, random: () => number): Mutant {
  const bytes = jp2.slice();
  const below = (n: number): number => Math.floor(random() * n);
  const start = Buffer.from(bytes).indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51]));
  switch (below(5)) {
    case 0: {
      const n = 1 + below(8);
      for (let i = 0; i < n; i++) bytes[below(bytes.length)] = below(256);
      return { bytes, what: `${n} bytes changed` };
    }
    case 1: {
      const length = below(bytes.length);
      return { bytes: bytes.slice(0, length), what: `cut to ${length} bytes` };
    }
    case 2: {
      const at = start + below(110);
      const v = below(256);
      bytes[at] = v;
      return { bytes, what: `main header byte ${at - start} is ${v}` };
    }
    case 3: {
      const at = start + 6 + 4 * below(8);
      const v = NASTY[below(NASTY.length)]!;
      new DataView(bytes.buffer).setUint32(at, v);
      return { bytes, what: `size field ${at - start} is ${v}` };
    }
    default: {
      const at = below(start);
      bytes[at] = below(256);
      return { bytes, what: `box byte ${at} changed` };
    }
  }
}
