/** Long work in short tasks: between two of them the page draws and answers. */

/** Resolves in a new task. @throws the reason of `signal` when it is aborted. */
export async function nextTask(signal?: AbortSignal): Promise<void> {
  await new Promise<void>((go) => {
    const { port1, port2 } = new MessageChannel();
    // Unlike timers, messages are not slowed down in nested calls.
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(null);
  });
  signal?.throwIfAborted();
}
