/**
 * One map surface: owns a live MapLibre map, or a still of it when the map is off screen or its context was lost.
 * Everything above it (views, overlays) reads its signals and calls its methods; nothing else touches MapLibre.
 */
import { signal, effect, type Signal } from '@preact/signals';
import type { CanvasSource, GeoJSONSource, Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl';
import type { LonLat, LonLatBox } from '../../src/display/wire/payload.js';
import { themeColours, themeVersion } from '../shared/theme.js';
import { loadBasemap } from './basemap.js';
import { hasWebGl2, loadEngine } from './engine.js';
import { BOX_LAYER, BoxLayer } from './field/box-layer.js';
import type { MapField } from './field/field.js';
import { featureCollection, fillOpacity, graticule, graticuleStep, type MapFeature } from './geometry.js';
import { hatchImage, HIT_LAYERS, mapStyle, themedPaint } from './map-style.js';
import { claim, release, type PoolMember } from './pool.js';
import { followZoom, worldView } from './single-world.js';

export interface Camera {
  readonly center: LonLat;
  readonly zoom: number;
}

/** What overlays need to draw over the map: bounds and pixels of the view. */
export interface MapView extends Camera {
  readonly bounds: LonLatBox;
  readonly width: number;
  readonly height: number;
  /** Step of the graticule in degrees. */
  readonly step: number;
}

export type SurfaceStatus = 'loading' | 'live' | 'still' | 'lost' | 'none';

export interface SurfaceOptions {
  readonly label: string;
  readonly box: LonLatBox | null;
  readonly camera: Camera | null;
  readonly onCamera: (camera: Camera) => void;
  /** Row under the pointer, −1 for none. */
  readonly onHover: (row: number) => void;
  /** Rows under a click, topmost first. */
  readonly onPick: (rows: readonly number[], event: MouseEvent) => void;
  readonly onPointer?: (place: LonLat | null) => void;
}

export interface Drape {
  readonly canvas: HTMLCanvasElement;
  /** North-west, north-east, south-east, south-west. */
  readonly corners: readonly [LonLat, LonLat, LonLat, LonLat];
}

/** Zoom above which the finer basemap is loaded. */
const FINE_ZOOM = 4;
/** Closest zoom of a fit: a chip of 100 m still has surroundings. */
const MAX_FIT_ZOOM = 14;
const FIT_PADDING = 42;
const MAX_ZOOM = 18;

/** How near a pointer must be to a row of a field. */
const PICK_PIXELS = 2;

/** How far off screen a map may be and still be made, so that scrolling finds it drawn. */
const NEAR_MARGIN = '200px';

/** Milliseconds that a step of zoom takes; none for those who asked for less motion. */
const glide = (): number => (globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200);

export class MapSurface implements PoolMember {
  readonly status: Signal<SurfaceStatus> = signal('loading');
  readonly view: Signal<MapView | null> = signal(null);
  readonly #host: HTMLElement;
  readonly #still: HTMLCanvasElement;
  readonly #options: SurfaceOptions;
  readonly #cleanups: (() => void)[] = [];
  #map: MapLibreMap | null = null;
  #camera: Camera | null;
  #box: LonLatBox | null;
  #features: readonly MapFeature[] = [];
  #hover = -1;
  #selected: ReadonlySet<number> = new Set();
  #drape: Drape | null = null;
  #field: MapField | null = null;
  #boxes: BoxLayer | null = null;
  #isVisible = false;
  #isStarting = false;
  #isDestroyed = false;
  #hasFine = false;
  #styled = false;

  constructor(host: HTMLElement, options: SurfaceOptions) {
    this.#host = host;
    this.#options = options;
    this.#camera = options.camera;
    this.#box = options.box;
    this.#still = document.createElement('canvas');
    this.#still.className = 'map-still';
    this.#still.setAttribute('aria-hidden', 'true');
    host.append(this.#still);
    this.#cleanups.push(
      effect(() => {
        host.dataset['status'] = this.status.value;
      }),
    );
    if (!hasWebGl2()) {
      this.status.value = 'none';
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        this.#isVisible = entries.at(-1)?.isIntersecting ?? false;
        if (this.#isVisible && this.status.peek() !== 'lost') void this.revive();
      },
      { rootMargin: NEAR_MARGIN },
    );
    observer.observe(host);
    this.#cleanups.push(() => observer.disconnect());
    this.#cleanups.push(
      effect(() => {
        if (themeVersion.value > 0) this.#applyTheme();
      }),
    );
    this.#cleanups.push(
      effect(() => {
        const view = this.view.value;
        if (view) this.#field?.setView(view);
      }),
    );
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  /** The live map, for tests and measurements. */
  get map(): MapLibreMap | null {
    return this.#map;
  }

  /** True while the Earth is shown once, without copies beside it. */
  get isSingleWorld(): boolean {
    return this.#map?.getRenderWorldCopies() === false;
  }

  /** Makes the map live, with the camera it had. */
  async revive(): Promise<void> {
    if (this.#map || this.#isStarting || this.#isDestroyed) return;
    this.#isStarting = true;
    try {
      const [{ LngLat, Map }, basemap] = await Promise.all([loadEngine(), loadBasemap('110m')]);
      // The await may have outlived the view.
      if (this.#isGone()) return;
      claim(this);
      if (this.status.peek() === 'lost') this.status.value = 'still';
      const container = document.createElement('div');
      container.className = 'map-gl';
      this.#host.prepend(container);
      const theme = themeColours();
      const world = worldView(
        this.#host,
        () => this.#box,
        MAX_ZOOM,
        (lng, lat) => new LngLat(lng, lat),
      );
      const map = new Map({
        container,
        style: mapStyle(theme, basemap),
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
        boxZoom: false,
        fadeDuration: 0,
        maxZoom: MAX_ZOOM,
        transformConstrain: world.constrain,
        scrollZoom: this.#host.getRootNode() instanceof ShadowRoot && this.#hasFocus(),
        validateStyle: false,
        ...this.#start(),
      });
      this.#map = map;
      this.#styled = false;
      this.#hasFine = false;
      map.touchZoomRotate.disableRotation();
      map.keyboard.disableRotation();
      followZoom(map, world);
      this.#listen(map, theme);
    } catch {
      // Workers or WebGL refused: the table and the thumbnail of the view take over.
      this.status.value = 'none';
    } finally {
      this.#isStarting = false;
    }
  }

  #start():
    | { center: [number, number]; zoom: number }
    | {
        bounds: [number, number, number, number];
        fitBoundsOptions: { padding: { top: number; right: number; bottom: number; left: number }; maxZoom: number };
      }
    | object {
    if (this.#camera) return { center: [...this.#camera.center], zoom: this.#camera.zoom };
    const box = this.#box;
    return box
      ? { bounds: [...box], fitBoundsOptions: { padding: this.#padding(), maxZoom: MAX_FIT_ZOOM } }
      : { center: [10, 25], zoom: 0.4 };
  }

  #isGone(): boolean {
    return this.#isDestroyed;
  }

  /** Free space around a fit: more where labels, legend and buttons lie, less on small maps. */
  #padding(): { top: number; right: number; bottom: number; left: number } {
    const most = Math.max(8, Math.min(this.#host.clientWidth, this.#host.clientHeight) / 6);
    const of = (wanted: number): number => Math.min(most, wanted);
    return { top: of(FIT_PADDING), right: of(FIT_PADDING + 8), bottom: of(FIT_PADDING), left: of(FIT_PADDING + 8) };
  }

  #hasFocus(): boolean {
    const root = this.#host.getRootNode();
    return root instanceof ShadowRoot && root.activeElement !== null && this.#host.contains(root.activeElement);
  }

  #listen(map: MapLibreMap, theme: ReturnType<typeof themeColours>): void {
    const canvas = map.getCanvas();
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-label', `Map: ${this.#options.label}`);
    map.getContainer().removeAttribute('role');
    map.getCanvasContainer().removeAttribute('role');
    map.addImage('hatch', hatchImage(theme.rejected), { pixelRatio: 2 });
    map.on('style.load', () => {
      this.#styled = true;
      this.#sync();
      this.#updateView();
    });
    // A pattern that is asked for before it is there would be drawn as nothing.
    map.on('styleimagemissing', ({ id }) => {
      if (id === 'hatch' && !map.hasImage('hatch'))
        map.addImage('hatch', hatchImage(themeColours().rejected), { pixelRatio: 2 });
    });
    map.on('move', () => this.#updateView());
    map.on('resize', () => this.#updateView());
    map.on('moveend', () => {
      this.#updateGraticule();
      const { lng, lat } = map.getCenter();
      this.#camera = { center: [lng, lat], zoom: map.getZoom() };
      this.#options.onCamera(this.#camera);
      void this.#refine();
    });
    map.on('idle', () => {
      this.#capture();
      if (this.status.peek() !== 'live') this.status.value = 'live';
    });
    map.on('error', () => undefined); // Without a listener MapLibre prints to the console of the notebook.
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      if (this.#map === map) this.#drop('lost');
    });
    map.on('mousemove', (event) => {
      const row = this.#rowsAt(event)[0] ?? -1;
      canvas.style.cursor = this.#field?.isCoarse() === true ? 'zoom-in' : row < 0 ? '' : 'pointer';
      this.#options.onHover(row);
      this.#options.onPointer?.([event.lngLat.lng, event.lngLat.lat]);
    });
    map.on('mouseout', () => {
      this.#options.onHover(-1);
      this.#options.onPointer?.(null);
    });
    map.on('click', (event) => {
      if (this.#field?.isCoarse() === true)
        map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 1, duration: glide() });
      this.#options.onPick(this.#rowsAt(event), event.originalEvent);
    });
    // The wheel belongs to the notebook until the map has the focus.
    canvas.addEventListener('focus', () => map.scrollZoom.enable());
    canvas.addEventListener('blur', () => map.scrollZoom.disable());
  }

  #rowsAt(event: MapMouseEvent): number[] {
    if (!this.#styled || !this.#map) return [];
    if (this.#field) {
      const { lng, lat } = event.lngLat;
      const beside = this.#map.unproject([event.point.x + PICK_PIXELS, event.point.y + PICK_PIXELS]);
      return this.#field.pick(lng, lat, [Math.abs(beside.lng - lng), Math.abs(beside.lat - lat)]);
    }
    const hits = this.#map.queryRenderedFeatures(event.point, { layers: [...HIT_LAYERS] });
    return [...new Set(hits.map((h) => Number(h.id)))];
  }

  #updateView(): void {
    const map = this.#map;
    if (!map) return;
    const bounds = map.getBounds();
    const { lng, lat } = map.getCenter();
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const box: LonLatBox = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const step = graticuleStep(width / Math.max(1e-6, box[2] - box[0]));
    const before = this.view.peek()?.step;
    this.view.value = { center: [lng, lat], zoom: map.getZoom(), bounds: box, width, height, step };
    if (before !== step || !map.isMoving()) this.#updateGraticule();
  }

  #source(id: string): GeoJSONSource | undefined {
    return this.#styled ? this.#map?.getSource<GeoJSONSource>(id) : undefined;
  }

  #updateGraticule(): void {
    const view = this.view.peek();
    if (view) void this.#source('graticule')?.setData(graticule(view.bounds, view.step));
  }

  async #refine(): Promise<void> {
    const map = this.#map;
    if (!map || this.#hasFine || map.getZoom() <= FINE_ZOOM) return;
    this.#hasFine = true;
    const fine = await loadBasemap('50m');
    if (this.#map !== map) return;
    void this.#source('land')?.setData(fine.land);
    void this.#source('borders')?.setData(fine.borders);
  }

  /** Everything that was set while no map was there. */
  #sync(): void {
    void this.#source('footprints')?.setData(featureCollection(this.#features));
    if (this.#hover >= 0) this.#mark(this.#hover, { hover: true });
    for (const row of this.#selected) this.#mark(row, { selected: true });
    this.#applyFill();
    this.#syncDrape();
    this.#syncField();
    void this.#refine();
  }

  #mark(row: number, state: { hover?: boolean; selected?: boolean }): void {
    if (this.#styled) this.#map?.setFeatureState({ source: 'footprints', id: row }, state);
  }

  /** The footprints to draw. */
  setFeatures(features: readonly MapFeature[]): void {
    this.#features = features;
    void this.#source('footprints')?.setData(featureCollection(features));
    this.#applyFill();
  }

  /** Row drawn as hovered, −1 for none. */
  setHover(row: number): void {
    if (row === this.#hover) return;
    if (this.#hover >= 0) this.#mark(this.#hover, { hover: false });
    this.#hover = row;
    if (row >= 0) this.#mark(row, { hover: true });
  }

  /** Rows drawn as selected. */
  setSelected(rows: ReadonlySet<number>): void {
    for (const row of this.#selected) if (!rows.has(row)) this.#mark(row, { selected: false });
    for (const row of rows) if (!this.#selected.has(row)) this.#mark(row, { selected: true });
    this.#selected = rows;
  }

  /** Rows drawn from columns instead of features, null for none. Their scene is followed until another one is set. */
  setField(field: MapField | null): void {
    if (field === this.#field) return;
    this.#field = field;
    this.#unfollow?.();
    this.#unfollow = field
      ? effect(() => {
          const scene = field.scene.value;
          this.#boxes?.set(scene);
        })
      : undefined;
    const view = this.view.peek();
    if (field && view) field.setView(view);
    this.#syncField();
  }

  #unfollow: (() => void) | undefined;

  #syncField(): void {
    const map = this.#map;
    if (!map || !this.#styled) return;
    if (map.getLayer(BOX_LAYER)) map.removeLayer(BOX_LAYER);
    this.#boxes = null;
    if (!this.#field) return;
    const layer = new BoxLayer(this.#field.scene.peek());
    map.addLayer(layer, 'footprints-keep');
    this.#boxes = layer;
  }

  /** An image laid on the map, null for none. Call again when its pixels have changed. */
  setDrape(drape: Drape | null): void {
    this.#drape = drape;
    this.#syncDrape();
  }

  #syncDrape(): void {
    const map = this.#map;
    if (!map || !this.#styled) return;
    const drape = this.#drape;
    const source = map.getSource<CanvasSource>('drape');
    if (source && drape?.canvas === source.getCanvas()) {
      // One frame of "animation" uploads the canvas again.
      source.play();
      map.once('render', () => source.pause());
      map.triggerRepaint();
      return;
    }
    if (source) {
      map.removeLayer('drape');
      map.removeSource('drape');
    }
    if (!drape) return;
    const [nw, ne, se, sw] = drape.corners;
    map.addSource('drape', {
      type: 'canvas',
      canvas: drape.canvas,
      animate: false,
      coordinates: [[...nw], [...ne], [...se], [...sw]],
    });
    map.addLayer(
      {
        id: 'drape',
        type: 'raster',
        source: 'drape',
        paint: { 'raster-fade-duration': 0, 'raster-resampling': 'nearest' },
      },
      'footprints-keep',
    );
  }

  #applyFill(): void {
    if (!this.#styled) return;
    const paint = themedPaint(themeColours(), fillOpacity(this.#features))['footprints-undecided'];
    this.#paint('footprints-undecided', 'fill-opacity', paint?.['fill-opacity']);
  }

  #applyTheme(): void {
    const map = this.#map;
    if (!map || !this.#styled) return;
    const theme = themeColours();
    for (const [layer, paint] of Object.entries(themedPaint(theme, fillOpacity(this.#features))))
      for (const [name, value] of Object.entries(paint)) {
        this.#paint(layer, name, value);
      }
    map.updateImage('hatch', hatchImage(theme.rejected));
    map.triggerRepaint();
  }

  #paint(layer: string, name: string, value: unknown): void {
    // SAFETY: names and values come from themedPaint, which the style is made of as well.
    this.#map?.setPaintProperty(layer, name as 'fill-opacity', value as number);
  }

  /** Moves the camera so that `box`, or everything, is seen. */
  fit(box: LonLatBox | null = this.#box): void {
    this.#box = box;
    // A map that is not live comes back where it was, unless it is to show another place.
    if (!this.#map) this.#camera = null;
    const isStill = globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (box)
      this.#map?.fitBounds([...box], {
        padding: this.#padding(),
        maxZoom: MAX_FIT_ZOOM,
        animate: !isStill,
        duration: 300,
      });
  }

  /** Zooms by steps of one. */
  zoom(by: number): void {
    const map = this.#map;
    map?.easeTo({ zoom: map.getZoom() + by, duration: glide() });
  }

  /** Pixels of a place in the container, null without a live map. */
  project(place: LonLat): readonly [x: number, y: number] | null {
    const point = this.#map?.project([...place]);
    return point ? [point.x, point.y] : null;
  }

  /** Copies the frame that was just drawn; `idle` fires in the same task, while the drawing buffer still holds it. */
  #capture(): void {
    const canvas = this.#map?.getCanvas();
    if (!canvas || canvas.clientWidth === 0) return;
    // One pixel per CSS pixel: a still is a reminder, and many of them must stay small.
    this.#still.width = canvas.clientWidth;
    this.#still.height = canvas.clientHeight;
    this.#still.getContext('2d')?.drawImage(canvas, 0, 0, this.#still.width, this.#still.height);
  }

  /** Gives up the map and leaves its still. */
  park(): void {
    if (this.#map) this.#drop('still');
  }

  #drop(status: 'still' | 'lost'): void {
    const map = this.#map;
    this.#map = null;
    this.#boxes = null;
    this.#styled = false;
    release(this);
    if (!map) return;
    const container = map.getContainer();
    map.remove();
    container.remove();
    this.status.value = status;
  }

  /** Ends the surface: no map, no observer, no listener is left. */
  destroy(): void {
    this.#isDestroyed = true;
    for (const end of this.#cleanups) end();
    this.#unfollow?.();
    const map = this.#map;
    this.#map = null;
    release(this);
    map?.remove();
    this.#host.replaceChildren();
  }
}
