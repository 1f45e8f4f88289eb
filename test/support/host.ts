/** A stand-in for the notebook kernel that keeps the warnings of a piece of code. */

/** What the code gave, and the warnings it showed. */
export async function withWarnings<T>(
  fn: () => T | Promise<T>,
): Promise<{ readonly value: T; readonly warnings: readonly string[] }> {
  const key = Symbol.for('nadir.host');
  const scope = globalThis as { [key: symbol]: unknown };
  const before = scope[key];
  const warnings: string[] = [];
  scope[key] = {
    signal: () => undefined,
    progress: () => undefined,
    warn: (message: string) => warnings.push(message),
    nextViewId: () => 'test:0',
    registerView: () => undefined,
    nameOf: () => undefined,
    maxInlineBytes: 2 ** 21,
  };
  try {
    return { value: await fn(), warnings };
  } finally {
    if (before === undefined) delete scope[key];
    else scope[key] = before;
  }
}
