/** One item of an export: its pixels read, its files written. */
import { rm } from 'node:fs/promises';
import { ExportError, formatTime, type GeoSlice } from '../core/index.js';
import { dtypeOf, type GeoTensor } from '../pixels/index.js';
import type { Engine } from './engine.js';
import { faultPoint } from './fault.js';
import { inside, writeEntry } from './files.js';
import type { ItemRecord, LayerRecord } from './journal.js';
import type { OpenLayer } from './layers.js';
import { renderPicture, thumbnail } from './picture.js';
import type { ResolvedStretch } from './stretch.js';
import type { FileEntry } from './types.js';

/** How a layer is drawn. */
export interface LayerPicture {
  /** 0-based, one or three. */
  readonly bands: readonly number[];
  readonly bandNames: readonly string[];
  readonly stretch: ResolvedStretch;
}

/** What all items of an export share. */
export interface ItemContext {
  readonly engine: Engine;
  readonly layers: readonly OpenLayer[];
  /** Staged dataset. */
  readonly data: string;
  /** Folder of thumbnails, beside the staged dataset. */
  readonly thumbs: string;
  readonly hasCog: boolean;
  /** Layers that get PNG files. */
  readonly png: ReadonlySet<string>;
  readonly pictures: ReadonlyMap<string, LayerPicture>;
  readonly signal: AbortSignal | undefined;
}

/** Paths of an item's files; `name` is the file name made from its id. */
export const cogPath = (layer: string, name: string): string => `cog/${layer}/${name}.tif`;
export const pngPath = (layer: string, name: string): string => `png/${layer}/${name}.png`;

function validFraction(tensor: GeoTensor): number {
  const { valid } = tensor;
  if (valid === null) return 1;
  let n = 0;
  for (const v of valid) n += v;
  return Number((n / valid.length).toFixed(6));
}

function layerRecord(tensor: GeoTensor): LayerRecord {
  const names = tensor.bandNames;
  return {
    dtype: dtypeOf(tensor.values),
    shape: [tensor.count, tensor.height, tensor.width],
    fillValue: Number.isFinite(tensor.fillValue) ? tensor.fillValue : String(tensor.fillValue),
    bandNames: Array.from({ length: tensor.count }, (_, i) => names?.[i] ?? null),
    validFraction: validFraction(tensor),
  };
}

function sidecar(
  id: string,
  layer: string,
  slice: GeoSlice,
  tensor: GeoTensor,
  { bandNames, stretch }: LayerPicture,
): string {
  const { interval } = slice;
  const facts = {
    item: id,
    layer,
    bands: bandNames,
    stretch: {
      method: stretch.method,
      limits: stretch.limits,
      sampledItems: stretch.sampledItems,
      sampledPixels: stretch.sampledPixels,
    },
    invalid: 'transparent',
    crs: slice.crs.canonical,
    bounds: slice.bounds,
    transform: tensor.transform,
    shape: [tensor.height, tensor.width],
    start: interval && formatTime(interval.start),
    end: interval && formatTime(interval.end),
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

/**
 * Reads an item from every layer and writes its files into the staged dataset.
 *
 * Either all its files are there when this returns, or none: a failure removes what was written.
 */
export async function writeItem(
  context: ItemContext,
  item: { readonly id: string; readonly name: string; readonly slice: GeoSlice; readonly hasThumb: boolean },
): Promise<ItemRecord> {
  const { engine, data, signal } = context;
  const { id, name, slice } = item;
  const files: FileEntry[] = [];
  const layers: Record<string, LayerRecord> = {};
  let thumb: FileEntry | null = null;
  const begun: string[] = [];
  const put = async (dir: string, relative: string, content: Uint8Array | string): Promise<FileEntry> => {
    begun.push(inside(dir, relative));
    return writeEntry(dir, relative, content, signal);
  };
  try {
    for (const [index, { spec, catalog, load }] of context.layers.entries()) {
      signal?.throwIfAborted();
      const tensor = await engine.load(catalog, slice, {
        ...load,
        ...(signal && { signal }),
        onProgress: () => undefined,
      });
      faultPoint('item-loaded');
      layers[spec.name] = layerRecord(tensor);
      if (context.hasCog) files.push(await put(data, cogPath(spec.name, name), await engine.cog(tensor, signal)));
      const picture = context.pictures.get(spec.name);
      if (!picture) continue;
      const isShown = item.hasThumb && index === 0;
      if (!context.png.has(spec.name) && !isShown) continue;
      const rendered = renderPicture(tensor, picture.bands, picture.stretch.limits);
      if (context.png.has(spec.name)) {
        const path = pngPath(spec.name, name);
        files.push(await put(data, path, await engine.png(rendered)));
        files.push(await put(data, path.replace(/\.png$/, '.json'), sidecar(id, spec.name, slice, tensor, picture)));
      }
      if (isShown) thumb = await put(context.thumbs, `${name}.rgba`, thumbnail(rendered));
    }
    faultPoint('item-written');
    return { type: 'item', id, files, layers, thumb };
  } catch (error) {
    await Promise.all(begun.map((file) => rm(file, { force: true })));
    signal?.throwIfAborted();
    throw error instanceof Error ? error : new ExportError('export.failed', `Item ${id} failed: ${String(error)}`);
  }
}
