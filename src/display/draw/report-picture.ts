/** The picture of a report: facts, warnings and the first errors as lettering. */
import { Canvas } from './canvas.js';
import { drawText, fitText, textWidth } from './lettering.js';
import { drawFrame, PICTURE_WIDTH } from './map-picture.js';
import { BAD, FAINT, INK, MUTED, PAPER, SECOND } from './theme.js';

/** What a report picture shows. */
export interface ReportPicture {
  readonly title: string;
  readonly subtitle: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly notes: readonly { readonly text: string; readonly isError: boolean }[];
}

const PADDING = 12;
const TOP = 50;
const LINE = 17;
const MOST_FACTS = 16;
const MOST_NOTES = 8;

/** Draws a report picture. */
export function drawReportPicture(picture: ReportPicture): Canvas {
  const facts = picture.facts.slice(0, MOST_FACTS);
  const notes = picture.notes.slice(0, MOST_NOTES);
  const hidden = picture.facts.length - facts.length + picture.notes.length - notes.length;
  const lines = facts.length + notes.length + (hidden > 0 ? 1 : 0);
  const canvas = new Canvas(PICTURE_WIDTH, TOP + Math.max(1, lines) * LINE + PADDING, PAPER);
  drawFrame(canvas, picture.title, picture.subtitle);
  const labels = Math.min(240, Math.max(40, ...facts.map(([label]) => textWidth(label, 10.5)))) + 24;
  let y = TOP;
  for (const [i, [label, value]] of facts.entries()) {
    if (i % 2 === 0)
      canvas.fillBox({ x: PADDING - 4, y, width: PICTURE_WIDTH - 2 * PADDING + 8, height: LINE }, FAINT, 0.45);
    drawText(canvas, fitText(label, labels - 10, 10.5), [PADDING, y + 12.5], { colour: MUTED, size: 10.5 });
    drawText(canvas, fitText(value, PICTURE_WIDTH - 2 * PADDING - labels, 10.5), [PADDING + labels, y + 12.5], {
      colour: INK,
      size: 10.5,
    });
    y += LINE;
  }
  for (const note of notes) {
    canvas.fillDisc([PADDING + 3, y + 9], 3, note.isError ? BAD : SECOND);
    drawText(canvas, fitText(note.text, PICTURE_WIDTH - 2 * PADDING - 12, 10), [PADDING + 12, y + 12.5], {
      colour: INK,
      size: 10,
    });
    y += LINE;
  }
  if (hidden > 0) drawText(canvas, `and ${hidden} more`, [PADDING, y + 12.5], { colour: MUTED, size: 10 });
  return canvas;
}
