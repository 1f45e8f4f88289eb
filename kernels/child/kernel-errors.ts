/** Errors of the kernel itself. They are no exports of the library; cells recognise them by name. */

/** Reason of a cell's signal when the cell is interrupted. */
export class InterruptError extends Error {
  override readonly name = 'InterruptError';
  constructor() {
    super('The cell was interrupted.');
  }
}

/** `input()` or `pick()` was dismissed. */
export class InputCancelledError extends Error {
  override readonly name = 'InputCancelledError';
}

/** `input()` or `pick()` was called where nobody can answer. */
export class InputUnavailableError extends Error {
  override readonly name = 'InputUnavailableError';
}

/** A named import that the module does not have. */
export class ImportNameError extends Error {
  override readonly name = 'ImportNameError';
}

/** `process.exit()` was called in a cell. */
export class ProcessExitError extends Error {
  override readonly name = 'ProcessExitError';
  constructor(code: string) {
    super(`process.exit(${code}) was called: the cell ends here, the kernel stays.`);
  }
}
