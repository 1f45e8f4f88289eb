/** `README.md` of a dataset: what, where, when, how made, how to load it. */
import { transformBounds, type Bounds } from '../core/index.js';
import { boxesAround } from './extent.js';
import type { ItemRecord } from './journal.js';
import { timeSpan } from './items-table.js';
import { UNKNOWN, type SourceFile } from './manifest.js';
import { recipeHash } from './recipe.js';
import type { ResolvedStretch } from './stretch.js';
import type { Recipe } from './types.js';

/** What the card says beside the recipe. */
export interface CardFacts {
  readonly version: string;
  readonly records: ReadonlyMap<string, ItemRecord>;
  readonly failed: number;
  readonly stretches: Readonly<Record<string, ResolvedStretch>>;
  readonly sources: readonly SourceFile[];
  readonly hasOverview: boolean;
}

/** Source files that the card lists by name; the manifest lists all. */
const SHOWN_SOURCES = 20;

/** Text inside Markdown, without a meaning of its own. */
function plain(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&');
}

function degrees([west, south, east, north]: Bounds): string {
  const show = (v: number): string => v.toFixed(4);
  return `${show(west)} to ${show(east)} °E, ${show(south)} to ${show(north)} °N`;
}

function where(recipe: Recipe): string {
  const boxes = boxesAround(recipe.items);
  const parts = [...boxes].map(([crs, bounds]) => `${plain(crs)} [${bounds.join(', ')}]`);
  try {
    const lonlat = [...boxes].map(([crs, bounds]) => transformBounds(bounds, crs, 'EPSG:4326'));
    return `${lonlat.map(degrees).join('; ')} (${parts.join('; ')})`;
  } catch {
    // A CRS without an image in degrees, for example a geostationary one: its own bounds say where.
    return parts.join('; ');
  }
}

function layerRows(recipe: Recipe, facts: CardFacts): string[] {
  const [record] = facts.records.values();
  return recipe.layers.map((layer) => {
    const chip = record?.layers[layer.name];
    const bands = chip?.bandNames.map((n, i) => n ?? `band ${i + 1}`).join(', ') ?? '';
    const how = [
      `merge ${layer.merge ?? 'last'}`,
      `resampling ${layer.resampling ?? 'by band'}`,
      ...(layer.mask ? ['masked'] : []),
    ].join(', ');
    return `| ${plain(layer.name)} | ${plain(bands)} | ${chip?.dtype ?? ''} | ${chip?.fillValue ?? ''} | ${layer.catalog.rows.length} | ${how} |`;
  });
}

function loading(recipe: Recipe): string {
  const hasCog = recipe.outputs.some((o) => o.format === 'cog');
  const hasPng = recipe.outputs.some((o) => o.format === 'png');
  const layer = recipe.layers[0]?.name ?? 'data';
  const column = hasCog ? `cog_${layer}` : `png_${layer}`;
  const files = hasCog || hasPng;
  const torch = hasCog
    ? `\`\`\`python
import os
import geopandas, rasterio, torch
from torch.utils.data import Dataset

class Chips(Dataset):
    def __init__(self, root="."):
        self.root, self.items = root, geopandas.read_parquet(os.path.join(root, "items.parquet"))
    def __len__(self):
        return len(self.items)
    def __getitem__(self, i):
        with rasterio.open(os.path.join(self.root, self.items["${column}"].iloc[i])) as f:
            return torch.from_numpy(f.read()), torch.from_numpy(f.dataset_mask() > 0)
\`\`\``
    : `Read \`items.parquet\` with geopandas${hasPng ? ` and open the files of the column \`${column}\` with Pillow` : ''}.`;
  const tabular = hasPng
    ? `\`\`\`python
from datasets import Dataset, Image
items = Dataset.from_parquet("items.parquet").cast_column("png_${layer}", Image())
\`\`\``
    : `\`\`\`python
from datasets import Dataset
items = Dataset.from_parquet("items.parquet")
\`\`\``;
  return `## Loading

PyTorch:

${torch}

Hugging Face \`datasets\` (run in this folder, since paths are relative):

${tabular}

TypeScript:

\`\`\`ts
import { openCatalog } from 'nadir';
const items = await openCatalog('items.parquet');
for (const row of await items.toArray()) console.log(row.id${files ? `, row.columns[${JSON.stringify(column)}]` : ''});
\`\`\``;
}

/** The data card. It holds no time of writing and no path of this machine: the same dataset has the same card. */
export function dataCard(recipe: Recipe, facts: CardFacts): string {
  const span = timeSpan(recipe.items);
  const { kept, undecided } = counts(recipe);
  const verdicts =
    recipe.origin.kind === 'curation'
      ? ` ${kept} were kept by hand, ${undecided} not rejected, ${recipe.origin.rejected ?? 0} left out.`
      : '';
  const tags = tagCounts(recipe);
  const steps = recipe.origin.steps ?? [];
  const shown = facts.sources
    .slice(0, SHOWN_SOURCES)
    .map((s) => `- ${plain(s.file)} — licence ${plain(s.licence ?? UNKNOWN)}, attribution ${UNKNOWN}`);
  const unstated = facts.sources.filter((s) => s.licence === null).length;
  const stated = new Set(facts.sources.flatMap((s) => s.licence ?? []));
  const more =
    facts.sources.length > SHOWN_SOURCES
      ? [`- and ${facts.sources.length - SHOWN_SOURCES} more, all in \`manifest.json\``]
      : [];
  const stretches = Object.entries(facts.stretches).map(([layer, s]) => {
    const limits = s.limits
      .map(([low, high]) => `${Number(low.toPrecision(6))}–${Number(high.toPrecision(6))}`)
      .join(', ');
    const measured = s.sampledItems > 0 ? `, measured on ${s.sampledItems} items` : '';
    return `- ${plain(layer)}: ${s.method}, limits ${limits}${measured}; invalid pixels are transparent`;
  });
  const sections = [
    `# ${plain(recipe.name)}`,
    `${facts.records.size} of ${recipe.items.length} items from ${facts.sources.length} source files, made with Nadir ${facts.version}.${verdicts}`,
    facts.hasOverview ? '![Overview of chips](overview.png)' : '',
    `## Where and when\n\n- Where: ${where(recipe)}\n- When: ${span ? `${span[0]} to ${span[1]}` : 'not dated'}`,
    `## What\n\n| layer | bands | type | nodata | sources | how |\n|---|---|---|---|---|---|\n${layerRows(recipe, facts).join('\n')}`,
    facts.failed > 0 ? `${facts.failed} items could not be made; \`errors.jsonl\` names each with the reason.` : '',
    tags.length > 0
      ? `## Tags\n\n| tag | items |\n|---|---|\n${tags.map(([tag, n]) => `| ${plain(tag)} | ${n} |`).join('\n')}`
      : '',
    stretches.length > 0 && recipe.outputs.some((o) => o.format === 'png')
      ? `## Pictures\n\n${stretches.join('\n')}`
      : '',
    `## How it was made\n\nRecipe \`${recipeHash(recipe)}\` in \`recipe.json\`.${steps.length > 0 ? ` Curation took ${steps.length} step${steps.length === 1 ? '' : 's'}, which the recipe holds.` : ''} The same recipe on the same files gives the same bytes.\n\n    nadir export recipe.json -o <folder>`,
    `## Files\n\n- \`items.parquet\`: one row an item (GeoParquet 1.1) with footprint, time, tags, valid fraction and paths\n${recipe.outputs.some((o) => o.format === 'cog') ? '- `cog/<layer>/<item>.tif`: Cloud Optimized GeoTIFF\n' : ''}${recipe.outputs.some((o) => o.format === 'png') ? '- `png/<layer>/<item>.png` with `.json` beside it\n' : ''}- \`manifest.json\`: every file with size and SHA-256\n- \`errors.jsonl\`: items that failed\n- \`run.json\`: when and where it ran; no part of the dataset`,
    loading(recipe),
    `## Sources, licence, attribution\n\n${licenceText(unstated, facts.sources.length, stated)}\n\n${[...shown, ...more].join('\n')}`,
  ];
  return `${sections.filter((s) => s !== '').join('\n\n')}\n`;
}

function licenceText(unstated: number, total: number, stated: ReadonlySet<string>): string {
  const known = stated.size > 0 ? `Stated for the layers of this dataset: ${[...stated].map(plain).join(', ')}. ` : '';
  if (unstated === 0) return known.trim();
  const who = unstated === total ? 'The sources state' : `${unstated} of ${total} sources state`;
  return `${known}${who} no licence. Find out what applies before you share this dataset.`;
}

function counts(recipe: Recipe): { readonly kept: number; readonly undecided: number } {
  const kept = recipe.items.filter((i) => i.verdict === 'kept').length;
  return { kept, undecided: recipe.items.length - kept };
}

function tagCounts(recipe: Recipe): readonly (readonly [tag: string, n: number])[] {
  const n = new Map<string, number>();
  for (const item of recipe.items) for (const tag of item.tags ?? []) n.set(tag, (n.get(tag) ?? 0) + 1);
  return [...n].sort(([a], [b]) => (a < b ? -1 : 1));
}
