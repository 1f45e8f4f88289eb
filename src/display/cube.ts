/** How a data cube shows itself: its first variable as a tensor, and all variables in the text. */
import { formatTime, type DisplayBundle } from '../core/index.js';
import type { DataCube } from '../pixels/index.js';
import { dtypeOf } from './objects.js';
import { displayTensor } from './tensor.js';
import { facts, oneLine, shortNumber, summary, textTable } from './words.js';

const MOST_VARIABLES = 16;
const MOST_LABELS = 6;

/** The variable to show, and what is left of the cube when all but time and one dimension are fixed at their start. */
function shownTensor(cube: DataCube): ReturnType<DataCube['toTensor']> | null {
  if (!cube.transform) return null;
  const found = Object.entries(cube.vars).find(([, v]) => v.dims.includes('x') && v.dims.includes('y'));
  if (!found) return null;
  const [name, v] = found;
  const others = v.dims.filter((dim) => dim !== 'time' && dim !== 'y' && dim !== 'x');
  const fixed = Object.fromEntries(others.slice(1).map((dim) => [dim, 0]));
  return cube.isel(fixed).toTensor(name);
}

function labelText(dim: string, label: unknown): string {
  if (typeof label !== 'number') return oneLine(String(label)).slice(0, 24);
  return dim === 'time' ? formatTime(label).replace(/(?:T00:00:00)?\.000000Z$/, '') : shortNumber(label);
}

/** Dimensions with their first and last labels, then a table of variables. */
function cubeText(cube: DataCube): string[] {
  const dims = Object.entries(cube.dims).map(([dim, length]): readonly [string, string] => {
    const labels = Array.from<unknown>(cube.coords[dim] ?? []);
    const few = labels.length <= MOST_LABELS;
    const shown = few ? labels : [labels[0], labels.at(-1)];
    return [oneLine(dim), `${length}: ${shown.map((l) => labelText(dim, l)).join(few ? ', ' : ' … ')}`];
  });
  const vars = Object.entries(cube.vars);
  const rows = vars.slice(0, MOST_VARIABLES).map(([name, v]): string[] => {
    const units = v.attrs['units'];
    return [oneLine(name), v.dims.join(', '), dtypeOf(v.values), typeof units === 'string' ? oneLine(units) : ''];
  });
  return [
    `DataCube ${oneLine(cube.toString())}`,
    ...facts(dims),
    '',
    ...textTable(['variable', 'dims', 'dtype', 'units'], rows),
    ...(vars.length > MOST_VARIABLES ? [`  … ${vars.length - MOST_VARIABLES} more variables`] : []),
  ];
}

/** The bundle of a cube; without y and x on an even grid it is text alone. */
export function displayCube(cube: DataCube): DisplayBundle {
  const text = cubeText(cube);
  const tensor = shownTensor(cube);
  if (!tensor) return { data: { 'text/plain': summary(text) } };
  const bundle = displayTensor(tensor);
  return { ...bundle, data: { ...bundle.data, 'text/plain': summary(text) } };
}
