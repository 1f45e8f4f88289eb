/** Codecs that do not believe what a block says of its size: a forged one may not take all memory. */
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { registry } from 'zarrita';

/** What zarrita tells a codec of a block. */
interface BlockMetadata {
  readonly dataType: string;
  readonly shape: readonly number[];
}
interface Codec {
  decode(bytes: Uint8Array): unknown;
}
type Factory = () => Promise<{ fromConfig(config: unknown, meta: BlockMetadata): Codec }>;

/** Blocks of texts have no known length. */
const MAX_TEXT_BYTES = 256 << 20;
/** Checksums and shard indices beside the values. */
const SLACK = 1 << 16;

/** More bytes than a block can have once it is unpacked. */
function largest({ dataType, shape }: BlockMetadata): number {
  if (dataType === 'string' || dataType === 'v2:object') return MAX_TEXT_BYTES;
  const fixed = /^v2:([US])(\d+)$/.exec(dataType);
  const size = fixed ? Number(fixed[2]) * (fixed[1] === 'U' ? 4 : 1) : 8;
  return shape.reduce((n, length) => n * length, size) + SLACK;
}

/** Unpacked length by the header of a block; null where it does not say. */
type Announced = (bytes: Uint8Array) => number | null;

const u32 = (b: Uint8Array, at: number): number =>
  new DataView(b.buffer, b.byteOffset, b.byteLength).getUint32(at, true);
/** c-blosc: 16 bytes of header, the unpacked length at 4, the packed length at 12. */
const blosc: Announced = (b) => (b.length < 16 || u32(b, 12) > b.length ? Infinity : u32(b, 4));
/** numcodecs writes the length before an LZ4 block. */
const lz4: Announced = (b) => (b.length < 4 ? Infinity : u32(b, 0));
/** Zstandard (RFC 8878 §3.1.1): frame content size by the flags of the frame header. */
const zstd: Announced = (b) => {
  if (b.length < 6 || u32(b, 0) !== 0xfd2fb528) return Infinity;
  const flags = b[4] ?? 0;
  const single = (flags & 0x20) !== 0;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0);
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  const width = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  if (width === 0) return null;
  if (at + width > b.length) return Infinity;
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true) + 256;
  return width === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
};

function guard(name: string, announced: Announced): void {
  // SAFETY: the registry's own type is this one with a wider metadata argument.
  const original = registry.get(name) as unknown as Factory | undefined;
  if (!original) return;
  const guarded: Factory = async () => {
    const codec = await original();
    return {
      fromConfig(config, meta) {
        const limit = largest(meta);
        const inner = codec.fromConfig(config, meta);
        return {
          decode(bytes) {
            const length = announced(bytes);
            if (length !== null && length > limit)
              throw new Error(`the block says it unpacks to ${length} bytes, at most ${limit} can be`);
            return inner.decode(bytes);
          },
        };
      },
    };
  };
  registry.set(name, guarded as never);
}

function native(
  name: string,
  unpack: (bytes: Uint8Array, o: { maxOutputLength: number }) => Promise<Uint8Array>,
): void {
  const factory: Factory = () =>
    Promise.resolve({
      fromConfig: (_, meta) => ({ decode: (bytes) => unpack(bytes, { maxOutputLength: largest(meta) }) }),
    });
  registry.set(name, factory as never);
}

let done = false;

/** Puts the guarded codecs into zarrita's registry, once. */
export function installCodecs(): void {
  if (done) return;
  done = true;
  for (const prefix of ['', 'numcodecs.']) {
    guard(`${prefix}blosc`, blosc);
    guard(`${prefix}lz4`, lz4);
    guard(`${prefix}zstd`, zstd);
    native(`${prefix}gzip`, promisify(gunzip));
    native(`${prefix}zlib`, promisify(inflate));
  }
}
