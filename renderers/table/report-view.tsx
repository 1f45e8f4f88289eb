/** The `report` view: facts, warnings, tables and the error ledger, in one scrolling column. */
import type { JSX } from 'preact';
import type { ReportData } from '../../src/display/wire/payload.js';
import { formatCell, plural } from '../shared/format.js';
import { Frame } from '../shared/frame.js';
import { Icon } from '../shared/icons.js';
import { Facts, Pill } from '../shared/ui.js';
import type { ViewProps } from '../shared/view.js';

/** Rows of one table that a report shows; the rest is counted. */
const MAX_ROWS = 500;

/** Longest text of a cell that is shown as it is, and how much of a longer one stands for it. */
const MAX_CELL = 140;
const TEASER = 48;

/** A text; a long one (a statement, a path) unfolds on demand. */
function LongText({ text }: { readonly text: string }): JSX.Element {
  if (text.length <= MAX_CELL) return <>{text}</>;
  return (
    <details class="long-text">
      <summary>{text.slice(0, TEASER)}…</summary>
      <div class="raw">{text}</div>
    </details>
  );
}

function ReportTable({ table }: { readonly table: ReportData['tables'][number] }): JSX.Element {
  const isNumber = table.columns.map((_, c) => table.rows.every((r) => r[c] === null || typeof r[c] === 'number'));
  return (
    <section>
      <h4>{table.title}</h4>
      <table class="plain">
        <thead>
          <tr>
            {table.columns.map((name, c) => (
              <th key={c} class={isNumber[c] ? 'number' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, MAX_ROWS).map((row, r) => (
            <tr key={r}>
              {row.map((value, c) => (
                <td key={c} class={isNumber[c] ? 'number' : ''}>
                  <LongText text={formatCell(value)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.rows.length > MAX_ROWS && <p class="muted">and {plural(table.rows.length - MAX_ROWS, 'more row')}</p>}
    </section>
  );
}

/** The view. */
export function ReportView({ payload, host }: ViewProps<'report'>): JSX.Element {
  const { facts, tables, warnings, errors } = payload.data;
  return (
    <Frame
      payload={payload}
      host={host}
      controls={
        <>
          {warnings.length > 0 && <Pill icon="warning">{plural(warnings.length, 'warning')}</Pill>}
          {errors.length > 0 && <Pill icon="error">{plural(errors.length, 'error')}</Pill>}
        </>
      }
    >
      <div class="report" tabIndex={0} role="group" aria-label="Report">
        {facts.length > 0 && <Facts facts={facts.map((f) => ({ label: f.label, value: formatCell(f.value) }))} />}
        {warnings.map((w, i) => (
          <p key={i} class="note warning">
            <Icon name="warning" />
            <span>{w}</span>
          </p>
        ))}
        {errors.length > 0 && (
          <section>
            <h4>Errors</h4>
            <ul class="ledger">
              {errors.slice(0, MAX_ROWS).map((e, i) => (
                <li key={i}>
                  <Icon name="error" />
                  <div>
                    <div>
                      <b>{e.item}</b> <code>{e.code}</code>
                    </div>
                    <div>{e.message}</div>
                    {e.hint !== null && <div class="muted">{e.hint}</div>}
                  </div>
                </li>
              ))}
            </ul>
            {errors.length > MAX_ROWS && <p class="muted">and {plural(errors.length - MAX_ROWS, 'more error')}</p>}
          </section>
        )}
        {tables.map((t, i) => (
          <ReportTable key={i} table={t} />
        ))}
      </div>
    </Frame>
  );
}
