/** The HDF5 library as WebAssembly: loaded on first use, replaced when a damaged file broke it. */

/** What HDF5 says of a type and, for datasets and attributes, of their space. */
export interface H5Metadata {
  /** Class of the type: {@link H5Class}. */
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly vlen: boolean;
  readonly cset?: number;
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
  /** Null for an empty space. */
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  readonly total_size: number;
  readonly virtual_sources?: readonly unknown[];
}

/** Type classes of HDF5 (H5T_class_t). */
export const H5Class = { integer: 0, float: 1, string: 3, enumeration: 8 } as const;
/** Object kinds of HDF5 (H5G_obj_t). */
export const H5Kind = { group: 0, dataset: 1 } as const;

export interface H5Stream {
  readonly position: number;
}
/** A file of the library's memory file system. */
export interface H5Node {
  contents: null;
  usedBytes: number;
  readonly name: string;
  stream_ops: object;
}

/** The functions of h5wasm that are used; ids are 64-bit. */
export interface H5Functions {
  readonly FS: {
    createFile(parent: string, name: string, properties: object, canRead: boolean, canWrite: boolean): H5Node;
    unlink(path: string): void;
    readonly ErrnoError: new (errno: number) => Error;
  };
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  UTF8ToString(pointer: number): string;
  open(name: string, mode: number, trackOrder: boolean, low: number, high: number): bigint;
  close_file(id: bigint): number;
  get_names(id: bigint, path: string, recursive: boolean): string[];
  get_type(id: bigint, path: string): number;
  get_attribute_names(id: bigint, path: string): string[];
  get_attribute_metadata(id: bigint, path: string, name: string): H5Metadata;
  get_attribute_data(id: bigint, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(id: bigint, path: string): H5Metadata;
  get_dataset_filters(id: bigint, path: string): { readonly id: number; readonly name: string }[];
  get_dataset_data(
    id: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    strides: bigint[] | null,
    pointer: bigint,
  ): number;
  get_attached_scales(id: bigint, path: string, dim: number): string[];
  get_scale_name(id: bigint, path: string): string | null;
  reclaim_vlen_memory(id: bigint, path: string, attribute: string, pointer: bigint): number;
  reclaim_vlen_memory_count(id: bigint, path: string, attribute: string, pointer: bigint, count: bigint[]): number;
}

/** Exceptions that may pass through one instance: each leaves some of its stack and its objects behind. */
const MAX_EXCEPTIONS = 50;
/** An instance whose memory grew beyond this is replaced, since WebAssembly memory never shrinks. */
const MAX_IDLE_BYTES = 256 << 20;

/** One instance of the library. */
export class H5Library {
  readonly functions: H5Functions;
  readonly #log: string[];
  #exceptions = 0;
  #broken = false;

  private constructor(functions: H5Functions, log: string[]) {
    this.functions = functions;
    this.#log = log;
  }

  /** A new instance; takes about 70 ms. */
  static async create(): Promise<H5Library> {
    // The package exports one shared instance only; its factory is needed to replace an instance that a file broke.
    const { default: factory } = await import('../../../node_modules/h5wasm/dist/esm/hdf5_util.js');
    const log: string[] = [];
    const keep = (line: string): void => {
      if (log.length < 400) log.push(line);
    };
    return new H5Library(await factory({ noInitialRun: true, print: keep, printErr: keep }), log);
  }

  /** Whether files should no longer be opened with it. */
  get worn(): boolean {
    return this.#broken || this.#exceptions > MAX_EXCEPTIONS || this.functions.HEAPU8.byteLength > MAX_IDLE_BYTES;
  }

  /** Whether calls can no longer be trusted. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Runs calls of the library. What they throw is counted; a trap breaks the instance. */
  call<T>(fn: (h5: H5Functions) => T): T {
    this.#log.length = 0;
    try {
      return fn(this.functions);
    } catch (error) {
      this.#exceptions++;
      if (
        (error instanceof Error && (error.name === 'RuntimeError' || error instanceof RangeError)) ||
        this.#exceptions > MAX_EXCEPTIONS
      )
        this.#broken = true;
      throw error;
    }
  }

  /** What the library last complained of, innermost first, in a few words. */
  get complaint(): string {
    const described = this.#log.flatMap((line) => /^\s*#\d+: .*?\): (.+)$/.exec(line)?.[1] ?? []);
    // What follows are times, names and addresses of the library's own view of the file.
    return described.at(-1)?.replace(/: time = .*/s, '') ?? 'no reason given';
  }
}

let current: Promise<H5Library> | null = null;

/** The instance to open files with: the last one made while it is sound, else a new one. */
export async function h5Library(): Promise<H5Library> {
  for (;;) {
    const promise: Promise<H5Library> = (current ??= H5Library.create());
    let library: H5Library | null = null;
    try {
      library = await promise;
      if (!library.worn) return library;
    } finally {
      // Others may have replaced it while this waited.
      if (current === promise && library?.worn !== false) current = null;
    }
  }
}
