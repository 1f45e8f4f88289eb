/** Parameters of a headless run: a cell tagged `injected-parameters` after the one tagged `parameters` (`kernel.md` §10). */
import { ArgumentError } from '../src/core/errors.js';
import { tagsOf, type Notebook, type NotebookCell } from './notebook.js';

/** Value of `--param name=value`: JSON if it parses, else the text itself; also for numbers beyond a double, which would become null. */
export function parseParameter(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'number' && !Number.isFinite(value) ? text : value;
  } catch {
    return text;
  }
}

/**
 * Puts the values into the notebook. A cell that an earlier run injected is replaced.
 *
 * @throws ArgumentError `unknown-parameter` for a name that the `parameters` cell does not declare.
 */
export async function injectParameters(notebook: Notebook, params: Readonly<Record<string, unknown>>): Promise<void> {
  notebook.cells = notebook.cells.filter((cell) => !tagsOf(cell).includes('injected-parameters'));
  const names = Object.keys(params);
  if (names.length === 0) return;
  const at = notebook.cells.findIndex((cell) => cell.type === 'code' && tagsOf(cell).includes('parameters'));
  const declaring = notebook.cells[at];
  const declared = declaring ? await declaredNames(declaring) : undefined;
  for (const name of names) {
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
      throw new ArgumentError('unknown-parameter', `'${name}' is no name of a variable.`);
    if (declared && !declared.includes(name)) {
      throw new ArgumentError(
        'unknown-parameter',
        `The parameters cell of ${notebook.path} does not declare '${name}'.`,
        { hint: `It declares: ${declared.join(', ') || 'nothing'}.` },
      );
    }
  }
  const source = `// Parameters\n${names.map((name) => `const ${name} = ${JSON.stringify(params[name])};`).join('\n')}`;
  const cell: NotebookCell = {
    type: 'code',
    id: 'injected-parameters',
    source,
    language: 'typescript',
    metadata: { tags: ['injected-parameters'] },
    outputs: [],
    executionCount: null,
  };
  notebook.cells.splice(at + 1, 0, cell);
}

async function declaredNames(cell: NotebookCell): Promise<string[]> {
  // TypeScript is loaded only when there are parameters to check.
  const { parseText } = await import('./child/cell-syntax.js');
  const { topLevelNames } = await import('./child/syntax-names.js');
  return topLevelNames(parseText(cell.source, 'cell.ts', cell.language));
}
