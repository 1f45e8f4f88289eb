/** Driving the workbench by what a person sees: texts, roles, keys. */

import type { Frame, Locator, Page } from 'playwright-core';

/** Waits until `condition` holds; fails by name when the deadline passes. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  deadlineMs = 60_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false && value !== null) return value;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Runs a command of the palette by its title. */
export async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor({ state: 'visible' });
  await input.fill(`>${title}`);
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first().click();
}

/** Opens a file of the workspace with Quick Open, which does not see a new file at once. */
export async function openFile(page: Page, name: string): Promise<void> {
  const input = page.locator('.quick-input-widget input').first();
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
  await until(`${name} is in the list`, async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+P');
    await input.waitFor({ state: 'visible' });
    await input.fill(name);
    return row.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false, // Asked again.
    );
  });
  await page.keyboard.press('Enter');
  await page.locator('.notebook-editor').first().waitFor({ timeout: 60_000 });
}

/** Frames of the notebook's outputs that hold something. */
export function outputFrames(page: Page): readonly Frame[] {
  return page.frames().filter((frame) => frame.url().includes('fake.html'));
}

/** The first visible output that a locator finds in any output frame. */
export async function findOutput(page: Page, locate: (frame: Frame) => Locator, deadlineMs = 60_000): Promise<Locator> {
  return until(
    'an output',
    async () => {
      for (const frame of outputFrames(page)) {
        const found = locate(frame).first();
        if ((await found.count()) > 0) return found;
      }
      return undefined;
    },
    deadlineMs,
  );
}

/**
 * Scrolls the notebook until an output can be seen whole, or its top when it is taller than the view.
 *
 * The wheel turns over the margin of the cells, where no map takes it.
 */
export async function reveal(
  page: Page,
  output: Locator,
): Promise<{ x: number; y: number; width: number; height: number }> {
  const list = page.locator('.notebook-editor .cell-list-container, .notebookOverlay').first();
  const area = await list.boundingBox();
  if (!area) throw new Error('the notebook is not visible');
  await page.mouse.move(area.x + 12, area.y + area.height / 2);
  return until('the output is in view', async () => {
    const box = await output.boundingBox();
    if (!box) {
      await page.mouse.wheel(0, 300);
      return undefined;
    }
    const room = area.height - 40;
    const target = area.y + 20 + Math.max(0, (room - box.height) / 2);
    const off = box.y - target;
    if (Math.abs(off) < 30) return box;
    await page.mouse.wheel(0, off);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const after = await output.boundingBox();
    return after &&
      Math.abs(after.y - box.y) < 2 &&
      after.y > area.y - 5 &&
      after.y + Math.min(after.height, room) < area.y + area.height + 5
      ? after // At the end of the notebook it cannot be centred.
      : undefined;
  });
}
