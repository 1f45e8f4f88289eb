/** Multi-step quick picks: numbered steps with Back. */

import { QuickInputButtons, window, type QuickPickItem } from 'vscode';

/** What a step ended with: a value, or the wish to go back or to leave. */
export type StepResult<T> = T | 'back' | 'cancel';

/** One step of a wizard. */
export interface StepFrame {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly placeholder: string;
}

/** A choice with what it means. */
export interface Choice<T> extends QuickPickItem {
  readonly value: T;
}

/** Lets one item be chosen, or several. `picked` items are the initial choice. */
export function choose<T>(
  frame: StepFrame,
  items: readonly Choice<T>[],
  options: { readonly many: boolean },
): Promise<StepResult<readonly T[]>> {
  return new Promise((resolve) => {
    const pick = window.createQuickPick<Choice<T>>();
    Object.assign(pick, frame, { items, canSelectMany: options.many, ignoreFocusOut: true });
    if (frame.step > 1) pick.buttons = [QuickInputButtons.Back];
    const first = items.filter((item) => item.picked);
    if (options.many) pick.selectedItems = first;
    else if (first.length > 0) pick.activeItems = first;
    let result: StepResult<readonly T[]> = 'cancel';
    const leave = (value: typeof result) => {
      result = value;
      pick.hide();
    };
    pick.onDidTriggerButton(() => leave('back'));
    pick.onDidAccept(() => {
      const chosen = options.many ? pick.selectedItems : pick.activeItems;
      if (chosen.length > 0) leave(chosen.map((item) => item.value));
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(result);
    });
    pick.show();
  });
}

/** Asks for a line of text that passes `check` (which returns what is wrong). */
export function askText(
  frame: StepFrame,
  initial: string,
  check: (value: string) => string | undefined,
): Promise<StepResult<{ readonly text: string }>> {
  return new Promise((resolve) => {
    const box = window.createInputBox();
    const { placeholder, ...rest } = frame;
    Object.assign(box, rest, { prompt: placeholder, value: initial, ignoreFocusOut: true });
    if (frame.step > 1) box.buttons = [QuickInputButtons.Back];
    let result: StepResult<{ readonly text: string }> = 'cancel';
    box.onDidChangeValue((value) => (box.validationMessage = check(value)));
    box.onDidTriggerButton(() => {
      result = 'back';
      box.hide();
    });
    box.onDidAccept(() => {
      box.validationMessage = check(box.value);
      if (box.validationMessage !== undefined) return;
      result = { text: box.value.trim() };
      box.hide();
    });
    box.onDidHide(() => {
      box.dispose();
      resolve(result);
    });
    box.show();
  });
}
