/** Questions of cells to the host: `input()` and `pick()`. */
import { InputCancelledError, InputUnavailableError } from './kernel-errors.js';
import type { Send } from './run-output.js';

export interface Question {
  readonly kind: 'input' | 'pick';
  readonly prompt: string;
  readonly password?: boolean;
  readonly items?: readonly string[];
}

type Pending = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/** Open questions by id. */
export class Requests {
  readonly #send: Send;
  readonly #pending = new Map<string, Pending>();
  #next = 0;
  isInteractive = true;

  constructor(send: Send) {
    this.#send = send;
  }

  /**
   * Asks and waits.
   *
   * @throws InputUnavailableError where nobody can answer, InputCancelledError when the question was dismissed, and the signal's reason.
   */
  ask(question: Question, signal: AbortSignal): Promise<unknown> {
    if (!this.isInteractive) {
      return Promise.reject(
        new InputUnavailableError(
          `${question.kind}() needs a person, and this notebook runs without one. Give the value as a parameter instead.`,
        ),
      );
    }
    const requestId = `q${this.#next++}`;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#pending.delete(requestId);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        settle();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort);
      this.#pending.set(requestId, {
        resolve(value) {
          settle();
          resolve(value);
        },
        reject(error) {
          settle();
          reject(error);
        },
      });
      this.#send({ type: 'request', requestId, ...question });
    });
  }

  /** Takes the answer; undefined means that the question was dismissed. */
  answer(requestId: string, value: unknown, error: string | undefined): void {
    const pending = this.#pending.get(requestId);
    if (!pending) return;
    if (error !== undefined) pending.reject(new InputUnavailableError(error));
    else if (value === undefined) pending.reject(new InputCancelledError('The question was dismissed.'));
    else pending.resolve(value);
  }
}
