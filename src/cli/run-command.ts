/** `nadir run`: a notebook without an editor (`kernel.md` §10). */
import { parseParameter } from '../../kernels/parameters.js';
import { ArgumentError } from '../core/index.js';
import type { CliContext } from './console.js';
import { EXIT } from './exit-code.js';

export interface RunFlags {
  readonly param?: readonly string[];
  readonly out?: string;
  readonly html?: string;
  readonly timeout?: string;
  readonly cwd?: string;
  readonly keepGoing?: boolean;
}

/** `name=value` pairs; a value is JSON if it parses, else text. @throws {@link ArgumentError} `bad-param`. */
export function readParams(pairs: readonly string[]): Readonly<Record<string, unknown>> {
  const out: [string, unknown][] = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1)
      throw new ArgumentError('bad-param', `A parameter is written name=value; got ${JSON.stringify(pair)}.`, {
        hint: 'For example -p cloud=20.',
      });
    return [pair.slice(0, at), parseParameter(pair.slice(at + 1))];
  });
  return Object.fromEntries(out);
}

function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new ArgumentError('bad-timeout', `--timeout takes seconds, 0 for none; got ${JSON.stringify(text)}.`);
  }
  return seconds;
}

/** Runs a notebook; its printed text goes to stdout and stderr as it comes. Returns the exit code. */
export async function runCommand(file: string, flags: RunFlags, context: CliContext): Promise<number> {
  const { stdout, stderr } = context;
  const params = readParams(flags.param ?? []);
  const timeoutS = readTimeout(flags.timeout);
  // The kernel client is loaded for this command only.
  const { runNotebook } = await import('../../kernels/headless.js');
  const report = await runNotebook({
    path: file,
    params,
    childPath: context.childPath,
    ...(flags.out !== undefined && { out: flags.out }),
    ...(flags.html !== undefined && { html: flags.html }),
    ...(timeoutS !== undefined && { timeoutS }),
    ...(flags.cwd !== undefined && { cwd: flags.cwd }),
    ...(flags.keepGoing !== undefined && { keepGoing: flags.keepGoing }),
    onOutput: (event) => {
      if (event.type === 'stream') (event.name === 'stdout' ? stdout : stderr).write(event.text);
      else if (event.type === 'warning') stderr.write(`warning: ${event.text}\n`);
      else if (event.type === 'error')
        stderr.write(`cell ${event.cellIndex + 1}: ${event.error.name}: ${event.error.message}\n`);
      else if (event.type === 'log' && event.level === 'error') stderr.write(`${event.text}\n`);
    },
    onStart: (control) => context.onInterrupt((count) => void (count === 1 ? control.interrupt() : control.kill())),
  });
  const cells = `${report.ran} cell${report.ran === 1 ? '' : 's'} run${report.notRun > 0 ? `, ${report.notRun} not run` : ''}, ${(report.durationMs / 1000).toFixed(1)} s`;
  switch (report.status) {
    case 'ok':
      stderr.write(`${cells}\n`);
      return EXIT.ok;
    case 'failed': {
      const { firstError } = report;
      stderr.write(`${cells}\n`);
      if (firstError)
        stderr.write(
          `error: cell ${firstError.cellIndex + 1} failed: ${firstError.error.name}: ${firstError.error.message}\n`,
        );
      return EXIT.failures;
    }
    case 'timeout':
      stderr.write(`${cells}\nerror: the time of ${timeoutS ?? 600} s is over; --timeout sets another.\n`);
      return EXIT.timeout;
    case 'interrupted':
      stderr.write(`${cells}\ninterrupted\n`);
      return EXIT.interrupted;
    default:
      return report.status satisfies never;
  }
}
