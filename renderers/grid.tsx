/** Renderer `nadir-grid`: chips. */
import type { ActivationFunction } from 'vscode-notebook-renderer';
import { ChipsView } from './grid/chips-view.js';
import { createRenderer } from './shared/mount.js';

/** A chip with its caption and gap, what surrounds the grid, and the limit of the whole, in CSS pixels. */
const CHIP = { width: 102, height: 120 };
const AROUND = 120;
const MAX_HEIGHT = 420;

/** Starts the renderer. */
export const activate: ActivationFunction = (context) =>
  createRenderer(context, {
    chips: {
      view: ChipsView,
      height: ({ data }, width) => {
        const columns = Math.max(1, Math.floor((width - 16) / CHIP.width));
        return Math.min(MAX_HEIGHT, AROUND + Math.max(1, Math.ceil(data.items.length / columns)) * CHIP.height);
      },
    },
  });
