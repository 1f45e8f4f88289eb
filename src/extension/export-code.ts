/** Code of an export: what the wizard runs and what it inserts are the same call. Pure: no editor here. */

/** Formats that the wizard offers. */
export const EXPORT_FORMATS = ['cog', 'png', 'geoparquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What the wizard has asked. */
export interface ExportChoice {
  readonly name: string;
  /** Notebook variable with the items. */
  readonly items: string;
  /** Notebook variable with the catalog that the pixels come from. */
  readonly catalog: string;
  readonly formats: readonly ExportFormat[];
  /** Target folder, relative to the notebook or absolute. */
  readonly folder: string;
  /** What to do with a target that is not empty; absent for an empty one. */
  readonly existing?: 'resume' | 'replace';
}

/** A line that the hidden run prints for the wizard. */
export interface ExportMessage {
  readonly plan?: unknown;
  readonly progress?: unknown;
  readonly report?: unknown;
}

/** Start of such a line. */
const MARK = 'nadir-export:';
/** Progress is printed at most this often. */
const TICK_MS = 250;

const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

function recipe(choice: ExportChoice): string {
  const outputs = choice.formats.map((format) => `{ format: ${quoted(format)} }`).join(', ');
  const fields = [
    `name: ${quoted(choice.name)}`,
    `items: ${choice.items}`,
    `layers: [{ name: 'image', catalog: ${choice.catalog} }]`,
    `outputs: [${outputs}]`,
  ];
  return `{\n${fields.map((field) => `  ${field},\n`).join('')}}`;
}

function options(choice: ExportChoice, more: readonly string[] = []): string {
  const all = [
    ...(choice.existing === 'resume' ? ['resume: true'] : []),
    ...(choice.existing === 'replace' ? ["overwrite: 'replace'"] : []),
    ...more,
  ];
  return all.length > 0 ? `, { ${all.join(', ')} }` : '';
}

/** The cell that performs the export: run again, it gives the same bytes. */
export function exportCell(choice: ExportChoice, withImport: boolean): string {
  const head = withImport ? "import { exportDataset } from 'nadir';\n\n" : '';
  return `${head}const report = await exportDataset(${recipe(choice)}, ${quoted(choice.folder)}${options(choice)});\nreport`;
}

/** Declares nothing: the wizard's code leaves the notebook's variables alone. */
const hidden = (body: string): string => `void await (async () => {\n${body}\n})();`;

/** Code that prints the plan. */
export function planCode(choice: ExportChoice): string {
  return hidden(`const { planExport } = await import('nadir');
const plan = await planExport(${recipe(choice)}, { signal });
console.log(${quoted(MARK)} + JSON.stringify({ plan }));`);
}

/** Code that exports, and prints progress and the report. */
export function runCode(choice: ExportChoice): string {
  return hidden(`const { exportDataset } = await import('nadir');
let last = 0;
const onProgress = (progress: object) => {
  if (Date.now() - last < ${TICK_MS}) return;
  last = Date.now();
  console.log(${quoted(MARK)} + JSON.stringify({ progress }));
};
const report = await exportDataset(${recipe(choice)}, ${quoted(choice.folder)}${options(choice, ['signal', 'onProgress'])});
console.log(${quoted(MARK)} + JSON.stringify({ report }));`);
}

/** Takes the wizard's lines out of printed text: a reader that is fed chunks and hands over whole messages. */
export function createLineReader(onMessage: (message: ExportMessage) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith(MARK)) continue;
      try {
        onMessage(JSON.parse(line.slice(MARK.length)) as ExportMessage); // SAFETY: fields are unknown; readers check.
      } catch {
        // A line that looks like ours but was printed by somebody else: not for us.
      }
    }
  };
}
