import assert from 'node:assert/strict';
import { closeAll, notebookWith, runCell, STDOUT, textOf, until } from '../support.js';

const shown = (text: string) =>
  `({ [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': ${JSON.stringify(text)} }) })`;

describe('updating', () => {
  afterEach(closeAll);

  it('an update in the running cell replaces the output in place', async () => {
    const editor = await notebookWith(
      `const d = display(${shown('before')}, { id: 'one' });\nconsole.log('between');\nd.update(${shown('after')});`,
    );
    const cell = await runCell(editor, 0);
    await until('the output is updated', () => textOf(cell, 'text/plain') === 'after');
    assert.equal(cell.outputs[0]?.items[0]?.mime, 'text/plain', 'it keeps its place');
  });

  it('an update of a finished cell keeps its tick, order and duration', async () => {
    const editor = await notebookWith(`const d = display(${shown('before')});`, `d.update(${shown('after')});`);
    const first = await runCell(editor, 0);
    const before = first.executionSummary;
    await runCell(editor, 1);
    await until('the output is updated', () => textOf(first, 'text/plain') === 'after');
    await until('the temporary execution has ended', () => first.executionSummary?.success === true);
    assert.equal(first.executionSummary?.executionOrder, before?.executionOrder);
    assert.deepEqual(first.executionSummary?.timing, before?.timing);
    assert.equal(first.outputs.length, 1);
  });

  it('text of a timer goes to the cell that set it', async () => {
    const editor = await notebookWith('setTimeout(() => console.log("late"), 400);\n"done"', '1');
    const first = await runCell(editor, 0);
    await until('the late text is there', () => textOf(first, STDOUT).includes('late'));
    await until('the cell has its tick', () => first.executionSummary?.success === true);
  });
});
