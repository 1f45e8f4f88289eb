/** Names that look like a mistyped one. */

/** Edits (insert, delete, replace) that turn one text into the other; source: Levenshtein, 1966. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Candidates looked at: a message must not cost seconds on a catalog of a million rows. */
const MAX_CANDIDATES = 20_000;

/** The `count` names closest to `name`, nearest first; ties keep the given order. */
export function nearestNames(name: string, names: Iterable<string>, count = 3): readonly string[] {
  const scored: { readonly text: string; readonly distance: number }[] = [];
  const wanted = name.toLowerCase();
  for (const text of names) {
    if (scored.length >= MAX_CANDIDATES) break;
    scored.push({ text, distance: editDistance(wanted, text.toLowerCase()) });
  }
  return scored
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map((s) => s.text);
}
