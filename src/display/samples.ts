/** How the result of a sampler shows itself: chips on the map in their order, and what was skipped. */
import type { DisplayBundle } from '../core/index.js';
import { catalogOf, itemId } from '../curation/index.js';
import type { SliceSequence } from '../sampling/index.js';
import type { GeoSlice } from '../core/index.js';
import { answers, itemsFingerprint, makeBundle, payloadBudget } from './bundle.js';
import { extentOf, timeMarks } from './catalog.js';
import { catalogLook, loadSliceChips } from './chip-source.js';
import { chipArgs, chipPreview, sliceItem } from './chips.js';
import { drawMapPicture } from './draw/map-picture.js';
import { fileName } from './footprint.js';
import { unionOf } from './draw/view.js';
import type { SamplesData } from './wire/payload.js';
import { facts, grouped, isoDay, oneLine, placeRange, plural, textTable, timeSpan } from './words.js';

const HEIGHT = 420;
/** An endless sequence shows its beginning. */
const MOST_ENDLESS = 1000;
const MOST_SLICES = 20_000;
const TEXT_ROWS = 14;

/** The bundle of a sequence of slices. */
export function displaySamples(sequence: SliceSequence): DisplayBundle {
  const isEndless = !Number.isFinite(sequence.length);
  const wanted = isEndless ? MOST_ENDLESS : Math.min(sequence.length, MOST_SLICES);
  const slices: GeoSlice[] = [];
  if (wanted > 0) {
    for (const slice of sequence) {
      slices.push(slice);
      if (slices.length >= wanted) break;
    }
  }
  const all = slices.map(sliceItem);
  const light = all.map(({ id, outline, bbox: box, startMicros, endMicros }) => ({
    id,
    outline,
    bbox: box,
    startMicros,
    endMicros,
  }));
  const bytes = Buffer.byteLength(JSON.stringify(light));
  const share = Math.min(1, (payloadBudget() * 0.9) / bytes);
  const shown = light.slice(0, Math.ceil(light.length * share));
  const length = isEndless ? slices.length : sequence.length;
  const placed = all.filter((i) => i.outline.length > 0);
  const [bbox, interval] = [unionOf(placed.map((i) => i.bbox)), extentOf(all)];
  const sizes = [...new Set(slices.map((s) => s.shape.join('×')))];
  const [first] = slices;
  const crs = [...new Set(slices.map((s) => s.crs.canonical))];
  const lost = sequence.skipped.reduce((n, s) => n + s.count, 0);
  const seedText = sequence.seed === null ? 'no seed' : `seed ${oneLine(String(sequence.seed)).slice(0, 40)}`;
  const sizeText =
    sizes.length === 1 && first ? `${first.shape[1]} × ${first.shape[0]} pixels` : `${sizes.length} sizes`;
  const title = isEndless ? `Endless chips, the first ${grouped(slices.length)}` : plural(length, 'chip');
  const lostText = lost === 0 ? '' : `, ${grouped(lost)} skipped`;
  const data: SamplesData = {
    length,
    seed: sequence.seed === null ? null : String(sequence.seed),
    crs: crs.length === 1 ? (crs[0] ?? '') : plural(crs.length, 'CRS', 'CRSs'),
    chipSize: sizes.length === 1 && first ? [...first.shape] : null,
    bbox,
    items: shown,
    skipped: sequence.skipped
      .slice(0, 500)
      .map((s) => ({ item: fileName(s.row.filepath), reason: s.reason, count: s.count })),
  };
  const where = all.length === 0 ? 'nothing fits' : `${timeSpan(interval)}, ${placeRange(bbox)}`;
  return makeBundle({
    kind: 'samples',
    title,
    alt: `${title} of ${sizeText}, ${where}, ${seedText}${lostText}`,
    datasetId: itemsFingerprint(all.map((i) => i.id)),
    truncated:
      isEndless || shown.length < length
        ? `showing ${grouped(shown.length)} of ${isEndless ? 'endlessly many' : grouped(length)} chips`
        : null,
    data,
    picture: drawMapPicture({
      title,
      subtitle: [
        sizeText,
        seedText,
        ...(interval ? [timeSpan(interval)] : []),
        data.crs.slice(0, 40),
        ...(lostText === '' ? [] : [lostText.slice(2)]),
      ].join(' · '),
      areas: placed,
      timeline: all.some((i) => i.startMicros !== null) ? { marks: timeMarks(all), undatedText: '' } : null,
      inOrder: true,
      height: HEIGHT,
    }),
    text: samplesText(title, data, slices, [seedText, sizeText, where]),
    handler: chipHandler(sequence, slices),
  });
}

function samplesText(
  title: string,
  data: SamplesData,
  slices: readonly GeoSlice[],
  [seed = '', size = '', where = '']: readonly string[],
): string[] {
  const rows = slices
    .slice(0, TEXT_ROWS)
    .map((s, i) => [
      i,
      itemId(s),
      s.interval ? isoDay(s.interval.start) : null,
      s.crs.canonical.slice(0, 24),
      `[${s.bounds.map((v) => Number(v.toPrecision(9))).join(', ')}]`,
    ]);
  const lines = [
    title,
    ...facts([
      ['size', size],
      ['seed', seed],
      ['where', where],
      ['CRS', data.crs.slice(0, 80)],
    ]),
  ];
  if (rows.length > 0) lines.push('', ...textTable(['#', 'id', 'date', 'crs', 'bounds'], rows));
  if (data.length > rows.length) lines.push(`  … ${grouped(data.length - rows.length)} more`);
  if (data.skipped.length > 0) {
    lines.push(
      '',
      ...textTable(
        ['skipped', 'why', 'chips'],
        data.skipped.slice(0, 6).map((s) => [s.item, s.reason, s.count]),
      ),
    );
  }
  return lines;
}

function chipHandler(sequence: SliceSequence, slices: readonly GeoSlice[]): ReturnType<typeof answers> {
  return answers({
    chip: async (args) => {
      const { id, side } = chipArgs(args);
      const slice = slices.find((s) => itemId(s) === id);
      const catalog = catalogOf(sequence);
      if (!slice || !catalog)
        throw new Error(
          slice ? 'these slices name no catalog to read from' : `there is no chip ${oneLine(id).slice(0, 40)}`,
        );
      const bands = catalogLook(await catalog.toArray());
      if (!bands) throw new Error('the files of the catalog name no bands');
      const [outcome] = await loadSliceChips(catalog, [slice], bands.bandIndexes);
      if (!outcome || 'error' in outcome) throw new Error(outcome?.error ?? 'nothing was loaded');
      return { preview: chipPreview(outcome.tensor, bands.look, side) };
    },
    detail: (args) => slices.find((s) => itemId(s) === args['id'])?.toJSON() ?? null,
  });
}
