/** Options of loadCube, checked. */
import { ArgumentError, checkOptionNames, type LongTask } from '../core/index.js';
import { RESAMPLINGS, type CubeIndexes, type Resampling } from '../pixels/index.js';

export interface CubeLoadOptions extends LongTask {
  /** Names of variables; default all that the catalog's files have on their grid. */
  readonly dataVars?: readonly string[];
  /** Positions along dimensions, as in `DataCube.isel`; those beside time, y and x are chosen before anything is read. */
  readonly isel?: CubeIndexes;
  /** Puts the result on the slice's grid. Default false: the cells of the files. */
  readonly regrid?: boolean;
  /** For `regrid`; default `nearest` for classes and flags, else `bilinear`. */
  readonly resampling?: Resampling;
}

/** @throws {@link ArgumentError} `bad-options`, `unknown-option`, `bad-option`. */
export function checkCubeOptions(o: CubeLoadOptions): void {
  checkOptionNames('loadCube', o, ['dataVars', 'isel', 'regrid', 'resampling', 'signal', 'onProgress']);
  const bad = (name: keyof CubeLoadOptions, what: string): ArgumentError =>
    new ArgumentError('bad-option', `${name} is ${what}; got ${JSON.stringify(o[name])}.`, {
      details: { option: name },
    });
  const { dataVars, isel, regrid, resampling } = o as Readonly<Record<string, unknown>>;
  const isNames = Array.isArray(dataVars) && dataVars.length > 0 && dataVars.every((n) => typeof n === 'string');
  if (dataVars !== undefined && !isNames) throw bad('dataVars', 'a list of names of variables');
  if (isel !== undefined && (typeof isel !== 'object' || isel === null || Array.isArray(isel)))
    throw bad('isel', 'an object of positions by dimension');
  if (regrid !== undefined && typeof regrid !== 'boolean') throw bad('regrid', 'true or false');
  if (resampling !== undefined && !(RESAMPLINGS as readonly unknown[]).includes(resampling))
    throw bad('resampling', `one of ${RESAMPLINGS.join(', ')}`);
  if (resampling !== undefined && regrid !== true)
    throw new ArgumentError('bad-option', 'resampling goes with regrid: true; cells stay as they are otherwise.', {
      hint: 'Pass regrid: true, or call regrid on the cube.',
      details: { option: 'resampling' },
    });
}
