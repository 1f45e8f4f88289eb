/** Numbers, dates and places as text: the same digits everywhere, independent of the machine's language. */

/** A number with thin-space thousands and at most `digits` significant decimals. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(2);
  const places = Number.isInteger(value)
    ? 0
    : Math.max(0, Math.min(6, digits - 1 - Math.floor(Math.log10(Math.max(size, 1e-6)))));
  const [whole = '', fraction] = value.toFixed(places).split('.');
  const grouped = size >= 10_000 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
  const trimmed = fraction?.replace(/0+$/, '');
  return (trimmed ? `${grouped}.${trimmed}` : grouped).replace('-', '−');
}

/** A whole count with thin-space thousands. */
export function formatCount(value: number): string {
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** "1 scene", "12 scenes". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

function iso(micros: number): string | null {
  const date = new Date(micros / 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Day of a time, e.g. 2024-06-13; with hours and minutes when it is not midnight and `precise`. */
export function formatTime(micros: number | null, precise = true): string {
  if (micros === null) return '–';
  const text = iso(micros);
  if (text === null) return '–';
  const day = text.slice(0, 10);
  return precise && text.slice(11, 19) !== '00:00:00' && !text.slice(11, 19).startsWith('23:59:59')
    ? `${day} ${text.slice(11, 16)}`
    : day;
}

/** An interval as one day or as "start – end". */
export function formatInterval(start: number | null, end: number | null): string {
  if (start === null || end === null) return 'static';
  const a = formatTime(start, false);
  const b = formatTime(end, false);
  return a === b ? formatTime(start) : `${a} – ${b}`;
}

/** Degrees of a graticule label, e.g. 11.5°E; `step` decides the decimals. */
export function formatDegrees(value: number, axis: 'lon' | 'lat', step = 0.0001): string {
  const places = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9));
  const wrapped = axis === 'lon' ? ((((value + 180) % 360) + 360) % 360) - 180 : value;
  const letter = axis === 'lon' ? (wrapped < 0 ? 'W' : 'E') : wrapped < 0 ? 'S' : 'N';
  return `${Math.abs(wrapped).toFixed(places)}°${Math.abs(wrapped) < 1e-9 ? '' : letter}`;
}

/** A share in percent: 0 %, 3.4 %, 100 %. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  const text = percent === 0 || percent >= 10 ? percent.toFixed(0) : percent.toFixed(1);
  // 99.6 % of valid pixels is not all of them.
  return `${text === '100' && share < 1 ? percent.toFixed(1) : text}\u202f%`;
}

/** Duration as 8 s, 2 min 05 s, 1 h 12 min. */
export function formatDuration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
}

/** Bytes with a decimal unit. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(bytes / 1000 ** power, 3)} ${units[power] ?? ''}`;
}

/** A property as it stands in a table. */
export function formatCell(value: string | number | boolean | null): string {
  if (value === null) return '–';
  if (typeof value === 'number') return formatNumber(value, 7);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
}
