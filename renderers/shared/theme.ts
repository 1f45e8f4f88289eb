/** Colours of the editor's theme for what CSS cannot reach: map layers and canvases. */
import { signal } from '@preact/signals';

export type Rgb = readonly [r: number, g: number, b: number];

/** Counts changes of the theme; read it in an effect to repaint. */
export const themeVersion = signal(0);

let watching = false;

/** Starts to watch the theme; VS Code sets classes on body and variables on html. Watches for the life of the webview. */
export function watchTheme(): void {
  if (watching) return;
  watching = true;
  let queued = false;
  const observer = new MutationObserver(() => {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      themeVersion.value += 1;
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

function parseColour(text: string): Rgb | null {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(text)?.[1];
  if (hex !== undefined) {
    const full = hex.length <= 4 ? hex.replace(/./g, '$&$&') : hex;
    const n = Number.parseInt(full.slice(0, 6), 16);
    return [n >> 16, (n >> 8) & 255, n & 255];
  }
  const parts = /^rgba?\(([^)]+)\)$/
    .exec(text)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  const [r, g, b] = parts ?? [];
  return r !== undefined && g !== undefined && b !== undefined && [r, g, b].every(Number.isFinite) ? [r, g, b] : null;
}

/** The mixture of two colours, `share` of the second. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** CSS text of a colour. */
export function css(c: Rgb, alpha = 1): string {
  return `rgba(${Math.round(c[0])}, ${Math.round(c[1])}, ${Math.round(c[2])}, ${alpha})`;
}

export interface ThemeColours {
  readonly kind: 'light' | 'dark' | 'hc-dark' | 'hc-light';
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly muted: Rgb;
  readonly focus: Rgb;
  readonly water: Rgb;
  readonly land: Rgb;
  readonly coast: Rgb;
  readonly border: Rgb;
  readonly graticule: Rgb;
  readonly kept: Rgb;
  readonly rejected: Rgb;
  readonly undecided: Rgb;
  readonly highlight: Rgb;
}

/** The colours that the current theme gives to maps. */
export function themeColours(): ThemeColours {
  const style = getComputedStyle(document.documentElement);
  const classes = document.body.classList;
  const isContrast = classes.contains('vscode-high-contrast') || classes.contains('vscode-high-contrast-light');
  const isLight = classes.contains('vscode-light') || classes.contains('vscode-high-contrast-light');
  const colour = (names: readonly string[], fallback: Rgb): Rgb => {
    for (const name of names) {
      const found = parseColour(style.getPropertyValue(`--vscode-${name}`).trim());
      if (found) return found;
    }
    return fallback;
  };
  const background = colour(['editor-background'], isLight ? [255, 255, 255] : [31, 31, 31]);
  const foreground = colour(['editor-foreground', 'foreground'], isLight ? [59, 59, 59] : [204, 204, 204]);
  const blue = colour(['charts-blue'], isLight ? [26, 133, 255] : [55, 148, 255]);
  const green = colour(['charts-green'], isLight ? [56, 138, 52] : [137, 209, 133]);
  const water = isContrast ? background : mix(background, blue, isLight ? 0.14 : 0.13);
  const land = isContrast
    ? mix(background, foreground, 0.14)
    : mix(mix(background, foreground, isLight ? 0.045 : 0.1), green, isLight ? 0.05 : 0.04);
  return {
    kind: isContrast ? (isLight ? 'hc-light' : 'hc-dark') : isLight ? 'light' : 'dark',
    background,
    foreground,
    muted: mix(background, foreground, 0.7),
    focus: colour(['focusBorder'], blue),
    water,
    land,
    coast: mix(land, foreground, isContrast ? 0.9 : 0.4),
    border: mix(land, foreground, isContrast ? 0.6 : 0.26),
    graticule: mix(land, foreground, isContrast ? 0.45 : isLight ? 0.16 : 0.2),
    kept: green,
    rejected: colour(['charts-red', 'errorForeground'], isLight ? [205, 49, 49] : [241, 76, 76]),
    undecided: blue,
    highlight: colour(['charts-orange'], [210, 120, 20]),
  };
}
