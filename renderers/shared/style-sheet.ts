/** The one style sheet of all views. Colours come from the theme's variables only; every fallback is a mixture of those. */
// Longer than other files because it is one list of rules, in the order in which views are built from the outside in.

const TOKENS = `
:host {
  --fg: var(--vscode-editor-foreground, var(--vscode-foreground, CanvasText));
  --bg: var(--vscode-editor-background, Canvas);
  --muted: var(--vscode-descriptionForeground, color-mix(in srgb, var(--fg) 72%, var(--bg)));
  --line: var(--vscode-contrastBorder, var(--vscode-panel-border, color-mix(in srgb, var(--fg) 18%, var(--bg))));
  --soft: color-mix(in srgb, var(--fg) 5%, var(--bg));
  --raised: var(--vscode-editorWidget-background, var(--soft));
  --hover: var(--vscode-toolbar-hoverBackground, color-mix(in srgb, var(--fg) 10%, transparent));
  --focus: var(--vscode-focusBorder, Highlight);
  --accent: var(--vscode-button-background, var(--focus));
  --on-accent: var(--vscode-button-foreground, Canvas);
  --kept: var(--vscode-charts-green, var(--fg));
  --rejected: var(--vscode-charts-red, var(--fg));
  --undecided: var(--vscode-charts-blue, var(--fg));
  --highlight: var(--vscode-charts-orange, var(--focus));
  --mono: var(--vscode-editor-font-family, monospace);
  display: block;
  box-sizing: border-box;
  color: var(--fg);
  font: 12px/1.4 var(--vscode-font-family, system-ui, sans-serif);
  font-variant-numeric: tabular-nums;
  contain: layout paint;
}
*, *::before, *::after { box-sizing: border-box; }
h4 { margin: 10px 0 4px; font-size: 11px; font-weight: 600; color: var(--muted); }
p { margin: 0; }
hr { border: 0; border-top: 1px solid var(--line); margin: 10px 0; width: 100%; }
button, select, input { font: inherit; color: inherit; }
:focus { outline: none; }
:focus-visible { outline: 1px solid var(--focus); outline-offset: -1px; }
.muted { color: var(--muted); }
.strong { font-weight: 600; }
.mono { font-family: var(--mono); font-size: 11px; }
.nowrap { white-space: nowrap; }
.ellipsis { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.grow { flex: 1 1 auto; }
.number { text-align: right; }
.icon { flex: none; display: block; }
.sr-only { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.divider { width: 1px; height: 16px; background: var(--line); margin: 0 2px; }
`;

const FRAME = `
.frame { position: relative; height: 100%; display: flex; flex-direction: column; border: 1px solid var(--line); border-radius: 4px; background: var(--bg); overflow: hidden; }
.bar { flex: none; min-height: 34px; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 4px 6px 4px 10px; border-bottom: 1px solid var(--line); }
.bar.second { gap: 2px; padding: 3px 6px; min-height: 32px; border-bottom: 0; flex-wrap: nowrap; }
.heading { flex: 1 1 180px; min-width: 0; display: flex; align-items: baseline; gap: 8px; overflow: hidden; white-space: nowrap; }
.title { font-weight: 600; font-size: 13px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.subtitle { color: var(--muted); overflow: hidden; text-overflow: ellipsis; flex: 0 10000 auto; min-width: 0; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 6px; }
.body { position: relative; flex: 1 1 auto; min-height: 0; display: flex; flex-direction: column; }
.status { flex: none; height: 24px; display: flex; align-items: center; gap: 12px; padding: 0 10px; border-top: 1px solid var(--line); font-size: 11px; white-space: nowrap; overflow: hidden; background: var(--soft); }
.status .value { flex: none; }
.resize { position: absolute; left: 0; right: 0; bottom: 0; height: 5px; cursor: ns-resize; z-index: 8; touch-action: none; }
.resize:hover, .resize:focus-visible { background: var(--focus); outline: none; }
.split { flex: 1 1 auto; min-height: 0; display: flex; }
.column { flex: 1 1 auto; min-width: 0; min-height: 0; display: flex; flex-direction: column; }
.side { flex: 0 0 232px; padding: 8px 10px; border-left: 1px solid var(--line); overflow: auto; }
.pill { display: inline-flex; align-items: center; gap: 4px; padding: 0 7px; height: 20px; border: 1px solid var(--line); border-radius: 10px; font-size: 11px; white-space: nowrap; color: var(--fg); background: var(--soft); }
.pill .icon { width: 13px; height: 13px; color: var(--highlight); }
.pill-button { height: 18px; min-width: 24px; margin: 0 -6px 0 4px; padding: 0 8px; border: 0; border-left: 1px solid var(--line); border-radius: 0 9px 9px 0; background: transparent; cursor: pointer; font-weight: 600; }
.pill-button:hover { background: var(--hover); }
.empty { flex: 1 1 auto; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 8px; padding: 16px; color: var(--muted); text-align: center; }
.empty .icon { width: 28px; height: 28px; opacity: 0.6; }
`;

const CONTROLS = `
.button { display: inline-flex; align-items: center; justify-content: center; gap: 4px; height: 24px; min-width: 24px; padding: 0 8px; border: 1px solid transparent; border-radius: 4px; background: transparent; cursor: pointer; white-space: nowrap; }
.button.square { width: 24px; padding: 0; }
.button:hover:not(:disabled) { background: var(--hover); }
.button:disabled { opacity: 0.38; cursor: default; }
.button[aria-pressed='true'] { background: color-mix(in srgb, var(--focus) 22%, transparent); border-color: var(--focus); }
.button.secondary { border-color: var(--line); background: var(--soft); }
.button.primary { background: var(--accent); color: var(--on-accent); border-color: var(--vscode-contrastBorder, transparent); }
.segmented { display: inline-flex; border: 1px solid var(--line); border-radius: 4px; overflow: hidden; height: 24px; }
.segmented button { display: inline-flex; align-items: center; gap: 4px; padding: 0 8px; min-width: 26px; border: 0; border-left: 1px solid var(--line); background: transparent; cursor: pointer; white-space: nowrap; }
.segmented button:first-child { border-left: 0; }
.segmented button:hover { background: var(--hover); }
.segmented button[aria-pressed='true'] { background: color-mix(in srgb, var(--focus) 22%, var(--bg)); box-shadow: inset 0 0 0 1px var(--focus); }
.select { display: inline-flex; align-items: center; height: 24px; border: 1px solid var(--line); border-radius: 4px; background: var(--vscode-dropdown-background, var(--bg)); overflow: hidden; }
.select:focus-within { border-color: var(--focus); }
.select select { height: 100%; max-width: 116px; padding: 0 2px 0 4px; border: 0; background: transparent; color: var(--vscode-dropdown-foreground, var(--fg)); cursor: pointer; }
.select option { background: var(--vscode-dropdown-background, var(--bg)); color: var(--vscode-dropdown-foreground, var(--fg)); }
.select-prefix { padding: 0 2px 0 6px; color: var(--muted); }
.rgb { display: inline-flex; gap: 2px; }
.rgb .select-prefix { font-weight: 600; color: var(--fg); border-bottom: 2px solid; padding: 0 3px; margin-left: 3px; line-height: 16px; }
.band-r .select-prefix { border-color: var(--vscode-charts-red, currentColor); }
.band-g .select-prefix { border-color: var(--vscode-charts-green, currentColor); }
.band-b .select-prefix { border-color: var(--vscode-charts-blue, currentColor); }
input[type='text'] { height: 26px; padding: 0 8px; border: 1px solid var(--vscode-input-border, var(--line)); border-radius: 4px; background: var(--vscode-input-background, var(--bg)); color: var(--vscode-input-foreground, var(--fg)); }
input[type='range'] { flex: 1 1 auto; min-width: 40px; height: 24px; accent-color: var(--accent); }
.facts { margin: 0; display: grid; grid-template-columns: minmax(56px, max-content) minmax(0, 1fr); gap: 1px 12px; }
.fact { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: baseline; min-height: 19px; }
.facts dt { color: var(--muted); max-width: 110px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
kbd { font: 11px var(--mono); padding: 1px 5px; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 3px; background: var(--soft); white-space: pre; }
.tag { display: inline-flex; align-items: center; gap: 4px; min-height: 24px; padding: 0 8px; border: 1px solid var(--line); border-radius: 12px; background: var(--soft); }
button.tag { cursor: pointer; }
button.tag:hover { background: var(--hover); }
.panel { position: absolute; z-index: 6; background: var(--raised); border: 1px solid var(--line); display: flex; flex-direction: column; }
.panel.full { inset: 0; border: 0; background: var(--bg); }
.panel.small { right: 8px; top: 8px; width: 320px; max-width: calc(100% - 16px); max-height: calc(100% - 16px); overflow: auto; border-radius: 6px; padding: 6px 10px 10px; box-shadow: 0 4px 16px var(--vscode-widget-shadow, transparent); z-index: 7; }
.panel-head { flex: none; display: flex; align-items: center; gap: 4px; min-height: 32px; }
.panel.full .panel-head { padding: 4px 6px; gap: 6px; border-bottom: 1px solid var(--line); }
.keys { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; }
.keys > div { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: baseline; }
.keys dd { margin: 0; }
.tag-form { display: flex; gap: 6px; margin: 4px 0 8px; }
.tag-form input { flex: 1; min-width: 0; }
.tag-quick, .tags { display: flex; flex-wrap: wrap; gap: 4px; margin: 4px 0; }
`;

const MAP = `
.map-pane { position: relative; flex: 1 1 auto; min-height: 0; min-width: 0; overflow: hidden; background: color-mix(in srgb, var(--undecided) 12%, var(--bg)); }
.map-host, .map-gl, .map-still { position: absolute; inset: 0; width: 100%; height: 100%; }
.map-still { pointer-events: none; }
.map-host[data-status='live'] .map-still, .map-host[data-status='loading'] .map-still { visibility: hidden; }
.maplibregl-canvas-container { position: absolute; inset: 0; touch-action: none; }
.maplibregl-canvas { position: absolute; left: 0; top: 0; cursor: grab; }
.maplibregl-canvas:active { cursor: grabbing; }
.maplibregl-canvas:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
.maplibregl-control-container { display: none; }
.graticule { position: absolute; inset: 0; pointer-events: none; font-size: 10px; color: var(--fg); }
.graticule span { position: absolute; padding: 0 3px; border-radius: 2px; background: color-mix(in srgb, var(--bg) 72%, transparent); white-space: nowrap; line-height: 14px; }
.graticule .lon { bottom: 2px; transform: translateX(-50%); }
.graticule .lat { left: 2px; transform: translateY(-50%); }
.map-buttons { position: absolute; top: 8px; right: 8px; display: flex; flex-direction: column; border: 1px solid var(--line); border-radius: 4px; background: var(--raised); overflow: hidden; }
.map-buttons .button { border-radius: 0; width: 26px; height: 26px; }
.map-buttons .button + .button { border-top: 1px solid var(--line); }
.map-corner { position: absolute; left: 54px; bottom: 22px; display: flex; align-items: flex-end; gap: 12px; pointer-events: none; font-size: 10px; }
.scale { border: 1px solid var(--fg); border-top: 0; text-align: center; line-height: 13px; background: color-mix(in srgb, var(--bg) 72%, transparent); white-space: nowrap; }
.pointer { order: 2; font-size: 10px; padding: 0 4px; line-height: 14px; border-radius: 2px; background: color-mix(in srgb, var(--bg) 80%, transparent); }
.locator { position: absolute; right: 8px; bottom: 20px; border: 1px solid var(--line); border-radius: 4px; overflow: hidden; background: var(--raised); pointer-events: none; line-height: 0; box-shadow: 0 1px 4px var(--vscode-widget-shadow, transparent); }
.locator span { display: block; padding: 2px 6px; font-size: 10px; line-height: 13px; text-align: center; border-top: 1px solid var(--line); width: min-content; min-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.legend { position: absolute; top: 8px; left: 8px; display: flex; gap: 12px; padding: 3px 8px; border: 1px solid var(--line); border-radius: 4px; background: var(--raised); font-size: 11px; pointer-events: none; }
.legend-entry { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.swatch { flex: none; width: 14px; height: 10px; border: 1.5px solid var(--line); display: inline-block; }
.swatch.keep { border-color: var(--kept); background: color-mix(in srgb, var(--kept) 45%, transparent); }
.swatch.reject { border-color: var(--rejected); background: repeating-linear-gradient(135deg, var(--rejected) 0 1px, transparent 1px 4px); }
.swatch.undecided { border-color: var(--undecided); }
.map-hint { position: absolute; left: 50%; top: 50%; transform: translate(-50%, -50%); padding: 6px 12px; border: 1px solid var(--line); border-radius: 4px; background: var(--raised); pointer-events: none; }
.map-message, .map-restore { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center; padding: 16px; text-align: center; }
.map-restore { border: 0; cursor: pointer; background: color-mix(in srgb, var(--bg) 55%, transparent); color: var(--fg); font-size: 13px; font-weight: 600; }
.details { flex: 0 0 272px; min-width: 0; display: flex; flex-direction: column; border-left: 1px solid var(--line); background: var(--bg); }
.details .panel-head { padding: 4px 6px; border-bottom: 1px solid var(--line); }
.details-title { padding: 8px 10px 4px; font-weight: 600; overflow-wrap: anywhere; }
.details-body { flex: 1 1 auto; overflow: auto; padding: 0 10px 10px; }
.timeline { flex: none; padding: 6px 12px 4px; border-top: 1px solid var(--line); background: var(--bg); }
.timeline-axis { position: relative; height: 26px; border-bottom: 1px solid var(--line); cursor: crosshair; touch-action: none; }
.mark { position: absolute; bottom: 0; height: 16px; min-width: 5px; margin-left: -2px; border-radius: 1px 1px 0 0; background: color-mix(in srgb, var(--undecided) 50%, transparent); border: 1px solid var(--undecided); border-bottom: 0; }
.mark.keep { background: var(--kept); border-color: var(--kept); }
.mark.reject { border-color: var(--rejected); background: repeating-linear-gradient(135deg, var(--rejected) 0 1px, transparent 1px 3px); }
.mark.selected, .mark.hovered { height: 24px; background: var(--highlight); border-color: var(--highlight); z-index: 1; }
.brush { position: absolute; top: 0; bottom: 0; background: color-mix(in srgb, var(--focus) 25%, transparent); border: 1px solid var(--focus); border-width: 0 1px; }
.histogram-axis { height: 40px; }
.histogram-axis:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
.histogram-axis .brush { background: transparent; border-color: var(--highlight); }
.histogram-axis svg { position: absolute; inset: 0; width: 100%; height: 100%; fill: color-mix(in srgb, var(--undecided) 78%, var(--bg)); }
.histogram-off { position: absolute; top: 0; bottom: 0; background: color-mix(in srgb, var(--bg) 70%, transparent); pointer-events: none; }
.histogram-cursor { position: absolute; top: 0; bottom: 0; min-width: 2px; background: color-mix(in srgb, var(--highlight) 45%, transparent); pointer-events: none; }
.histogram-tip { position: absolute; bottom: calc(100% - 10px); transform: translateX(-50%); padding: 1px 6px; border: 1px solid var(--line); border-radius: 3px; background: var(--raised); font-size: 11px; white-space: nowrap; pointer-events: none; z-index: 2; }
.density-bar { width: 64px; height: 10px; margin: 0 2px; border: 1px solid var(--line); background: linear-gradient(90deg, color-mix(in srgb, var(--undecided) 18%, transparent), color-mix(in srgb, var(--undecided) 90%, transparent)); }
.timeline-labels { position: relative; height: 16px; font-size: 10px; color: var(--muted); }
.timeline-labels span { position: absolute; top: 2px; transform: translateX(-50%); white-space: nowrap; }
.player { flex: none; display: flex; align-items: center; gap: 8px; padding: 4px 10px; border-top: 1px solid var(--line); }
.curation { flex: 1 1 60%; min-height: 0; display: flex; border-top: 1px solid var(--line); }
.curation-map { flex: 1 1 46%; min-width: 0; display: flex; flex-direction: column; border-right: 1px solid var(--line); }
.curation-chips { flex: 1 1 54%; min-width: 0; display: flex; flex-direction: column; }
.curation-table { flex: 0 0 30%; min-height: 96px; display: flex; flex-direction: column; border-top: 1px solid var(--line); }
@container frame (max-width: 620px) { .curation { flex-direction: column; } }
`;

const PIXELS = `
.pixels { display: block; width: 100%; height: 100%; object-fit: contain; image-rendering: pixelated; }
.image-pane .pixels, .detail-image .pixels { width: min(100cqw, calc(100cqh * var(--ratio))); height: auto; aspect-ratio: var(--ratio); margin: auto; box-shadow: 0 0 0 1px var(--line); }
.image-pane .pixels, .detail-image .pixels, .chip-image { background: conic-gradient(color-mix(in srgb, var(--fg) 13%, var(--bg)) 25%, var(--bg) 0 50%, color-mix(in srgb, var(--fg) 13%, var(--bg)) 0 75%, var(--bg) 0) 0 0 / 12px 12px; }
.image-pane, .detail-image { flex: 1 1 auto; min-height: 0; min-width: 0; background: var(--soft); display: flex; padding: 10px; }
.image-pane.viewer { position: relative; padding: 0; overflow: hidden; }
.viewer .pixels { position: absolute; inset: 0; width: 100%; height: 100%; aspect-ratio: auto; margin: 0; box-shadow: none; background: none; cursor: crosshair; touch-action: none; z-index: 1; }
.viewer .pixels:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
.viewer > .map-buttons, .viewer > .map-hint, .viewer > .image-note, .viewer > .zoom-level, .viewer > .loading { z-index: 3; }
.viewer > .map-buttons .button { padding: 0; font-size: 10px; }
.checker { position: absolute; background: conic-gradient(color-mix(in srgb, var(--fg) 13%, var(--bg)) 25%, var(--bg) 0 50%, color-mix(in srgb, var(--fg) 13%, var(--bg)) 0 75%, var(--bg) 0) 0 0 / 12px 12px; box-shadow: 0 0 0 1px var(--line); }
.pixel-box { position: absolute; z-index: 2; pointer-events: none; border: 1px solid var(--bg); outline: 1px solid var(--fg); }
.image-note { position: absolute; left: 50%; bottom: 12px; transform: translateX(-50%); max-width: calc(100% - 24px); padding: 4px 10px; border: 1px solid var(--line); border-radius: 4px; background: var(--raised); }
.zoom-level { position: absolute; left: 8px; bottom: 8px; padding: 0 6px; border-radius: 3px; font: 10px/18px var(--mono); background: color-mix(in srgb, var(--bg) 80%, transparent); pointer-events: none; }
.loading { position: absolute; left: 0; top: 0; right: 0; height: 2px; background: var(--vscode-progressBar-background, var(--accent)); animation: pulse 1s ease-in-out infinite alternate; }
@keyframes pulse { from { opacity: 0.25; } to { opacity: 1; } }
.split-handle { position: absolute; z-index: 2; top: 0; bottom: 0; width: 24px; margin-left: -12px; cursor: ew-resize; touch-action: none; display: flex; align-items: center; justify-content: center; }
.split-handle::before { content: ''; position: absolute; left: 11px; top: 0; bottom: 0; width: 2px; background: var(--fg); box-shadow: 0 0 0 1px var(--bg); }
.split-handle span { position: relative; padding: 0 3px; border-radius: 10px; border: 1px solid var(--line); background: var(--raised); font-size: 11px; line-height: 20px; letter-spacing: 1px; }
.image-box { flex: 1 1 auto; min-width: 0; min-height: 0; container-type: size; display: flex; }
.image-pane .pixels, .detail-image .pixels { cursor: crosshair; }
.histogram { margin: 0 0 8px; }
.stretch-axis { position: relative; }
.histogram svg { display: block; width: 100%; height: 64px; border-bottom: 1px solid var(--line); }
.limit-handle { position: absolute; top: 0; bottom: 0; width: 24px; margin-left: -12px; cursor: ew-resize; touch-action: none; }
.limit-handle::before { content: ''; position: absolute; left: 11px; top: 0; bottom: 0; width: 2px; background: var(--focus); }
.limit-handle::after { content: ''; position: absolute; left: 8px; bottom: -4px; border: 4px solid transparent; border-bottom: 6px solid var(--focus); border-top: 0; }
.limits-edit { display: flex; gap: 2px; align-items: center; margin-top: 5px; }
.limits-edit .button { padding: 0 5px; font-size: 11px; }
.limits-edit .band-r { border-bottom: 2px solid var(--vscode-charts-red, currentColor); } .limits-edit .band-g { border-bottom: 2px solid var(--vscode-charts-green, currentColor); } .limits-edit .band-b { border-bottom: 2px solid var(--vscode-charts-blue, currentColor); }
input[type='number'] { flex: 1 1 0; min-width: 0; width: 40px; height: 24px; padding: 0 3px; font: 11px var(--mono); border: 1px solid var(--vscode-input-border, var(--line)); border-radius: 3px; background: var(--vscode-input-background, var(--bg)); color: var(--vscode-input-foreground, var(--fg)); appearance: textfield; }
input[type='number']::-webkit-inner-spin-button { display: none; }
.ramp-name { font-size: 11px; text-align: center; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.classes .share { margin-left: auto; padding-left: 6px; }
.histogram path { stroke-width: 1.2; vector-effect: non-scaling-stroke; fill-opacity: 0.16; }
.histogram .h-r { stroke: var(--vscode-charts-red, currentColor); fill: var(--vscode-charts-red, currentColor); }
.histogram .h-g { stroke: var(--vscode-charts-green, currentColor); fill: var(--vscode-charts-green, currentColor); }
.histogram .h-b { stroke: var(--vscode-charts-blue, currentColor); fill: var(--vscode-charts-blue, currentColor); }
.histogram .h-one { stroke: var(--fg); fill: var(--fg); }
.histogram .limits { fill: color-mix(in srgb, var(--fg) 7%, transparent); }
.histogram figcaption { display: flex; justify-content: space-between; gap: 8px; font-size: 10px; padding-top: 2px; }
.ramp-bar { height: 12px; border: 1px solid var(--line); border-radius: 2px; }
.ramp-labels { display: flex; justify-content: space-between; font-size: 10px; padding-top: 2px; }
.classes, .limits-list { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: 3px; }
.classes li, .limits-list li { display: flex; align-items: center; gap: 6px; }
.limits-list .mono { margin-left: auto; white-space: nowrap; }
.classes .swatch { width: 14px; height: 14px; border-width: 1px; border-radius: 2px; }
.dot { width: 8px; height: 8px; border-radius: 50%; background: var(--muted); flex: none; }
.dot.r { background: var(--vscode-charts-red, currentColor); } .dot.g { background: var(--vscode-charts-green, currentColor); } .dot.b { background: var(--vscode-charts-blue, currentColor); }
`;

const CHIPS = `
.counts { display: flex; align-items: center; gap: 2px; overflow: hidden; }
.count { display: inline-flex; align-items: center; gap: 4px; height: 24px; padding: 0 8px; border: 1px solid transparent; border-radius: 4px; background: transparent; cursor: pointer; white-space: nowrap; color: var(--fg); }
.count:hover { background: var(--hover); }
.count[aria-pressed='true'] { background: color-mix(in srgb, var(--focus) 18%, transparent); border-color: var(--focus); }
.count span { color: var(--fg); }
.count.keep .icon { color: var(--kept); } .count.reject .icon { color: var(--rejected); } .count.undecided .icon { color: var(--undecided); }
.count-bar { flex: none; height: 3px; display: flex; justify-content: flex-start; background: color-mix(in srgb, var(--fg) 12%, var(--bg)); }
.count-bar .kept { background: var(--kept); transition: width 120ms; }
.count-bar .rejected { background: repeating-linear-gradient(135deg, var(--rejected) 0 2px, color-mix(in srgb, var(--rejected) 40%, var(--bg)) 2px 4px); transition: width 120ms; }
.chip-scroll { flex: 1 1 auto; min-height: 0; overflow: auto; overscroll-behavior: contain; display: flex; flex-direction: column; }
.chip-grid { position: relative; flex: none; }
.chip-row { position: absolute; left: 8px; right: 8px; display: flex; gap: 6px; }
.chip { position: relative; flex: none; cursor: default; border-radius: 3px; }
.chip:focus-visible { outline: none; }
.chip-image { position: relative; border-radius: 3px; overflow: hidden; }
.chip-image::after { content: ''; position: absolute; inset: 0; border: 1px solid color-mix(in srgb, var(--fg) 22%, transparent); border-radius: 3px; pointer-events: none; }
.chip.keep .chip-image::after { border: 2px solid var(--kept); }
.chip.reject .chip-image::after { border: 2px dashed var(--rejected); }
.chip.hovered .chip-image::after { border-color: var(--highlight); }
.chip.selected .chip-image { outline: 2px solid var(--focus); outline-offset: 1px; }
.chip:focus-visible .chip-image { outline: 2px solid var(--focus); outline-offset: 1px; }
.chip:focus-visible .chip-caption { color: var(--fg); text-decoration: underline; text-decoration-color: var(--focus); text-underline-offset: 2px; }
.chip.reject .pixels { opacity: 0.5; filter: saturate(0.4); }
.chip-hatch { position: absolute; inset: 0; pointer-events: none; display: none; background: repeating-linear-gradient(135deg, color-mix(in srgb, var(--rejected) 75%, transparent) 0 1.5px, transparent 1.5px 9px); }
.chip.reject .chip-hatch { display: block; }
.badge { position: absolute; top: 4px; right: 4px; width: 18px; height: 18px; border-radius: 50%; display: grid; place-items: center; background: var(--bg); border: 1.5px solid currentColor; pointer-events: none; }
.badge .icon { width: 12px; height: 12px; }
.badge.keep { color: var(--kept); } .badge.reject { color: var(--rejected); }
.chip-tags { position: absolute; top: 4px; left: 4px; max-width: calc(100% - 30px); padding: 0 5px; font-size: 10px; line-height: 16px; border-radius: 8px; background: var(--bg); color: var(--fg); border: 1px solid var(--line); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; pointer-events: none; }
.chip-actions { position: absolute; left: 4px; right: 4px; bottom: 4px; display: none; gap: 4px; }
.chip:hover .chip-actions, .chip:focus-within .chip-actions { display: flex; }
.chip-actions button { flex: 1 1 0; height: 26px; display: flex; align-items: center; justify-content: center; gap: 4px; padding: 0 4px; border: 1px solid var(--line); border-radius: 4px; background: color-mix(in srgb, var(--bg) 92%, transparent); cursor: pointer; }
.chip-actions button[data-text]::after { content: attr(data-text); }
.chip-actions .do-keep .icon, .segmented .do-keep .icon { color: var(--kept); } .chip-actions .do-reject .icon, .segmented .do-reject .icon { color: var(--rejected); }
.chip-actions .do-keep:hover, .chip-actions .do-keep[aria-pressed='true'] { border-color: var(--kept); background: color-mix(in srgb, var(--kept) 28%, var(--bg)); }
.chip-actions .do-reject:hover, .chip-actions .do-reject[aria-pressed='true'] { border-color: var(--rejected); background: color-mix(in srgb, var(--rejected) 28%, var(--bg)); }
.chip-caption { display: flex; justify-content: space-between; gap: 6px; height: 18px; line-height: 18px; font-size: 10px; padding: 0 1px; }
.chip-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip-none { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 4px; padding: 6px; text-align: center; font-size: 10px; line-height: 1.25; color: var(--muted); overflow: hidden; background: var(--soft); }
.detail-body { flex: 1 1 auto; min-height: 0; display: flex; }
.detail-side { flex: 0 0 240px; padding: 8px 10px; border-left: 1px solid var(--line); overflow: auto; display: flex; flex-direction: column; gap: 8px; align-items: flex-start; }
`;

const TABLES = `
.table-scroll { flex: 1 1 auto; min-height: 0; min-width: 0; overflow: auto; overscroll-behavior: contain; position: relative; }
.data-table { border-collapse: separate; border-spacing: 0; min-width: 100%; }
.data-table th { position: sticky; top: 0; z-index: 1; padding: 0; background: var(--raised); border-bottom: 1px solid var(--line); text-align: left; font-weight: 600; }
.data-table th button { width: 100%; height: 26px; display: flex; align-items: center; gap: 4px; padding: 0 10px; border: 0; background: transparent; font-weight: 600; cursor: pointer; white-space: nowrap; }
.data-table th.number button { justify-content: flex-end; }
.data-table th button:hover { background: var(--hover); }
.data-table th .icon { width: 12px; height: 12px; }
.data-table tbody tr { height: 24px; }
.data-table td { height: 24px; padding: 0 10px; max-width: 320px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; border-bottom: 1px solid color-mix(in srgb, var(--fg) 7%, transparent); }
.data-table td.number { text-align: right; }
.data-table tr.clickable { cursor: pointer; }
.data-table tbody tr:hover td, .data-table tr.hovered td { background: var(--vscode-list-hoverBackground, var(--hover)); }
.data-table tr.selected td { background: color-mix(in srgb, var(--focus) 20%, transparent); }
.data-table tr.keep td:first-child { box-shadow: inset 3px 0 0 var(--kept); }
.data-table tr.reject td:first-child { box-shadow: inset 3px 0 0 var(--rejected); }
.data-table tr.reject td { text-decoration: line-through; text-decoration-color: color-mix(in srgb, var(--fg) 45%, transparent); }
.data-table tr.spacer { pointer-events: none; }
.table-none { padding: 10px; }
.mini { width: 100%; border-collapse: collapse; table-layout: fixed; }
.mini td { padding: 3px 0; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, var(--fg) 9%, transparent); overflow-wrap: anywhere; }
.mini td.number { width: 44px; }
.report { flex: 1 1 auto; overflow: auto; overscroll-behavior: contain; padding: 8px 10px 12px; }
.report > .facts { grid-template-columns: repeat(2, minmax(56px, max-content) minmax(60px, 1fr)); }
.report > .facts .fact { grid-column: span 2; }
.summary { display: flex; gap: 8px 32px; flex-wrap: wrap; align-items: flex-start; }
.report.summary > .facts { flex: 0 1 300px; grid-template-columns: minmax(56px, max-content) minmax(0, 1fr); }
.facets { flex: 1 1 320px; display: flex; flex-direction: column; }
.facets section:first-child h4 { margin-top: 0; }
.facet { width: 100%; table-layout: fixed; }
.facet-value { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.plain.facet td.number { width: 84px; }
.plain.facet td.facet-share { width: 96px; padding-right: 0; }
.facet-share span { display: block; height: 8px; min-width: 1px; background: color-mix(in srgb, var(--undecided) 70%, var(--bg)); }
.table-note { flex: none; padding: 4px 10px; border-bottom: 1px solid var(--line); }
.note { display: flex; gap: 6px; align-items: flex-start; margin-top: 6px; padding: 4px 8px; border: 1px solid var(--line); border-left: 3px solid var(--highlight); border-radius: 3px; }
.note .icon { margin-top: 1px; color: var(--highlight); }
.ledger { list-style: none; margin: 0; padding: 0; }
.ledger li { display: flex; gap: 8px; padding: 5px 0; border-bottom: 1px solid color-mix(in srgb, var(--fg) 9%, transparent); overflow-wrap: anywhere; }
.ledger .icon { margin-top: 1px; color: var(--rejected); }
.ledger code { font: 11px var(--mono); padding: 0 4px; border: 1px solid var(--line); border-radius: 3px; }
.plain { border-collapse: collapse; }
.plain th, .plain td { padding: 3px 16px 3px 0; text-align: left; border-bottom: 1px solid color-mix(in srgb, var(--fg) 9%, transparent); }
.plain td { vertical-align: top; }
.plain .number { text-align: right; }
.long-text summary { cursor: pointer; min-height: 24px; line-height: 18px; font-family: var(--mono); font-size: 11px; }
.long-text .raw { max-height: 200px; min-width: 280px; }
.progress { height: 100%; display: flex; flex-direction: column; justify-content: center; gap: 6px; padding: 0 10px; border: 1px solid var(--line); border-radius: 4px; background: var(--bg); }
.progress-text { display: flex; align-items: center; gap: 8px; white-space: nowrap; min-width: 0; }
.progress-numbers { color: var(--muted); }
.progress .icon { color: var(--kept); }
.progress.failed .icon { color: var(--highlight); }
.fail-count { padding: 0 6px; border: 1px solid var(--rejected); border-radius: 8px; font-size: 11px; line-height: 16px; }
.progress-bar { height: 4px; border-radius: 2px; overflow: hidden; background: color-mix(in srgb, var(--fg) 14%, var(--bg)); }
.progress-bar span { display: block; height: 100%; border-radius: 2px; background: var(--vscode-progressBar-background, var(--accent)); }
.progress.finished .progress-bar span { background: var(--kept); }
.progress.finished.failed .progress-bar span { background: var(--highlight); }
.progress-bar.indeterminate span { animation: slide 1.4s ease-in-out infinite; }
@keyframes slide { from { transform: translateX(-100%); } to { transform: translateX(340%); } }
.fallback { min-height: 132px; display: flex; flex-direction: column; align-items: flex-start; gap: 8px; padding: 12px 14px; border: 1px solid var(--line); border-radius: 4px; background: var(--bg); }
.fallback-head { display: flex; gap: 8px; align-items: flex-start; overflow-wrap: anywhere; }
.fallback-head .icon { margin-top: 1px; color: var(--highlight); }
.raw { width: 100%; max-height: 320px; overflow: auto; margin: 0; padding: 8px; font: 11px/1.4 var(--mono); background: var(--soft); border: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const CONTRAST = `
.frame { container: frame / inline-size; }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
@media (forced-colors: active) {
  .chip-hatch, .swatch, .mark, .count-bar span, .progress-bar span, .ramp-bar, .pixels { forced-color-adjust: none; }
  .button[aria-pressed='true'], .segmented button[aria-pressed='true'], .count[aria-pressed='true'] { background: Highlight; color: HighlightText; }
}
@container frame (max-width: 560px) { .side { flex-basis: 168px; } .subtitle { display: none; } .count span { display: none; } .details { flex-basis: 200px; } }
`;

let sheet: CSSStyleSheet | undefined;

/** The sheet, made once per document. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(TOKENS + FRAME + CONTROLS + MAP + PIXELS + CHIPS + TABLES + CONTRAST);
  }
  return sheet;
}
