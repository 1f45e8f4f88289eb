/** The parts of nbformat 4.5 that notebooks of ours consist of. */

/** Text as lines that keep their line breaks. */
export type Lines = string[];

export interface StreamOutput {
  output_type: 'stream';
  name: 'stdout' | 'stderr';
  text: Lines;
}
export interface DisplayOutput {
  output_type: 'display_data';
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}
export interface ResultOutput {
  output_type: 'execute_result';
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  execution_count: number | null;
}
export interface ErrorOutput {
  output_type: 'error';
  ename: string;
  evalue: string;
  traceback: Lines;
}
export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

/** Text as nbformat stores it: one entry per line, each but the last with its line break, no empty last entry. */
export function toLines(text: string): Lines {
  const parts = text.split('\n');
  return parts.map((line, i) => (i < parts.length - 1 ? `${line}\n` : line)).filter((line) => line.length > 0);
}

/** Text of a stored string or list of lines; a line without its break gets one, as the editor reads it. */
export function fromLines(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value
    .map((line, i) => (i < value.length - 1 && !String(line).endsWith('\n') ? `${String(line)}\n` : String(line)))
    .join('');
}
