/** Which bands of a file were asked for, and how each is resampled by default (loading.md §2). */
import { BandNotFoundError } from '../core/index.js';
import { canonicalBandName, isCategoricalName, type MaskRule, type Resampling } from '../pixels/index.js';

/** What band lookup needs to know of a file. */
export interface BandFacts {
  readonly file: string;
  readonly count: number;
  readonly bandNames: readonly (string | null)[];
  /** Per band: it has a colour table or category names. */
  readonly categorical: readonly boolean[];
}

function findByName(facts: BandFacts, name: string): number {
  const wanted = canonicalBandName(name);
  return facts.bandNames.findIndex((n) => n !== null && canonicalBandName(n) === wanted);
}

function find(facts: BandFacts, band: string | number): number {
  if (typeof band === 'string') return findByName(facts, band);
  return band >= 1 && band <= facts.count ? band - 1 : -1;
}

function notFound(facts: BandFacts, asked: string): BandNotFoundError {
  const names = Array.from({ length: facts.count }, (_, i) => `${i + 1} ${facts.bandNames[i] ?? '(no name)'}`);
  return new BandNotFoundError(
    'band-not-found',
    `${facts.file} has no band ${asked}. Its bands: ${names.join(', ')}.`,
    {
      hint: 'Ask for a 1-based number or one of these names.',
      details: { file: facts.file, band: asked, bands: facts.bandNames },
    },
  );
}

/** 0-based bands of a file, in the order asked; all without a wish. @throws {@link BandNotFoundError} `band-not-found`. */
export function resolveBands(facts: BandFacts, asked: readonly (string | number)[] | undefined): number[] {
  if (asked === undefined) return Array.from({ length: facts.count }, (_, i) => i);
  return asked.map((band) => {
    const index = find(facts, band);
    if (index < 0) throw notFound(facts, JSON.stringify(band));
    return index;
  });
}

/** The first rule whose band the file has, with that 0-based band. @throws {@link BandNotFoundError} when it has none. */
export function resolveMask(
  facts: BandFacts,
  rules: readonly MaskRule[],
): { readonly rule: MaskRule; readonly band: number } | null {
  if (rules.length === 0) return null;
  for (const rule of rules) {
    const band = find(facts, rule.band);
    if (band >= 0) return { rule, band };
  }
  throw notFound(facts, `for the mask: ${rules.map((r) => JSON.stringify(r.band)).join(' or ')}`);
}

/** Whether interpolating between the values of a band is meaningless. */
export function isCategorical(facts: BandFacts, band: number): boolean {
  return facts.categorical[band] === true || isCategoricalName(facts.bandNames[band]);
}

/** The resampling of a band when the caller has no wish. */
export function defaultResampling(facts: BandFacts, band: number): Resampling {
  return isCategorical(facts, band) ? 'nearest' : 'bilinear';
}
