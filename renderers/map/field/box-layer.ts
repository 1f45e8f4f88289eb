/** The map layer of a field: boxes as instances straight from the columns, or the grid of counts, on MapLibre's own canvas. */
import type { CustomLayerInterface, Map as MapLibreMap } from 'maplibre-gl';
import { mercatorY } from '../../../src/display/wire/density.js';
import type { LonLatBox } from '../../../src/display/wire/payload.js';
import { themeColours, type Rgb } from '../../shared/theme.js';
import type { Chunk } from './chunk.js';
import { opacities, type Density } from './density-image.js';
import { BOX_FRAGMENT, BOX_VERTEX, GRID_FRAGMENT, GRID_VERTEX } from './shaders.js';

/** What is drawn now. */
export interface Scene {
  readonly chunks: readonly Chunk[];
  /** Shown instead of boxes when it is there. */
  readonly density: Density | null;
  /** Opacity of a box's inside and of its edge. */
  readonly fill: number;
  readonly edge: number;
}

/** Id of the layer in the style. */
export const BOX_LAYER = 'boxes';
/** MapLibre's world is 512 pixels wide at zoom 0. */
const WORLD = 512;
/** Smallest side of a drawn box in CSS pixels: a lonely small footprint must still be seen. */
const LEAST = 3;

type Gl = WebGL2RenderingContext;

interface Uploaded {
  readonly vao: WebGLVertexArrayObject;
  readonly buffers: WebGLBuffer[];
  readonly state: WebGLBuffer;
  version: number;
}

function compile(gl: Gl, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error('no shader');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(gl.getProgramInfoLog(program) ?? 'the program was refused');
  return program;
}

/** The layer. One per live map: it ends with the map and its context. */
export class BoxLayer implements CustomLayerInterface {
  readonly id = BOX_LAYER;
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  #scene: Scene;
  #map: MapLibreMap | null = null;
  #gl: Gl | null = null;
  #boxes: WebGLProgram | null = null;
  #grid: WebGLProgram | null = null;
  #texture: WebGLTexture | null = null;
  #drawn: Density | null = null;
  #none: WebGLVertexArrayObject | null = null;
  readonly #uploaded = new Map<Chunk, Uploaded>();
  readonly #reaches = new WeakMap<Chunk, { readonly west: number; readonly east: number }>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Shows something else from the next frame on. */
  set(scene: Scene): void {
    this.#scene = scene;
    this.#map?.triggerRepaint();
  }

  onAdd(map: MapLibreMap, gl: Gl): void {
    this.#map = map;
    this.#gl = gl;
    this.#boxes = compile(gl, BOX_VERTEX, BOX_FRAGMENT);
    this.#grid = compile(gl, GRID_VERTEX, GRID_FRAGMENT);
    this.#none = gl.createVertexArray();
  }

  onRemove(): void {
    const gl = this.#gl;
    if (!gl) return;
    for (const chunk of [...this.#uploaded.keys()]) this.#forget(gl, chunk);
    gl.deleteProgram(this.#boxes);
    gl.deleteProgram(this.#grid);
    gl.deleteTexture(this.#texture);
    gl.deleteVertexArray(this.#none);
    this.#gl = null;
    this.#map = null;
  }

  render(gl: Gl): void {
    const map = this.#map;
    if (!map || gl.isContextLost()) return;
    const view = viewOf(map, gl);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.disable(gl.CULL_FACE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const chunk of [...this.#uploaded.keys()]) if (!this.#scene.chunks.includes(chunk)) this.#forget(gl, chunk);
    if (this.#scene.density) this.#drawGrid(gl, view, this.#scene.density);
    else this.#drawBoxes(gl, view);
    gl.bindVertexArray(null);
  }

  #drawBoxes(gl: Gl, view: View): void {
    const program = this.#boxes;
    if (!program || this.#scene.chunks.length === 0) return;
    gl.useProgram(program);
    const at = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
    setView(gl, at, view);
    const theme = themeColours();
    gl.uniform2f(at('u_size'), gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform1f(at('u_least'), LEAST * view.ratio);
    gl.uniform1f(at('u_line'), (theme.kind.startsWith('hc') ? 1.6 : 1.1) * view.ratio);
    gl.uniform1f(at('u_fill'), this.#scene.fill);
    gl.uniform1f(at('u_edge'), theme.kind.startsWith('hc') ? 1 : this.#scene.edge);
    gl.uniform3fv(at('u_colours'), [theme.undecided, theme.kept, theme.rejected].flatMap(unit));
    for (const turn of view.turns) {
      gl.uniform1f(at('u_turn'), turn);
      for (const chunk of this.#scene.chunks) {
        const { west, east } = this.#reach(chunk);
        if (east + turn < view.bounds[0] || west + turn > view.bounds[2]) continue;
        gl.bindVertexArray(this.#upload(gl, program, chunk));
        gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, chunk.length);
      }
    }
  }

  /** Westernmost and easternmost degree of a chunk. */
  #reach(chunk: Chunk): { readonly west: number; readonly east: number } {
    let reach = this.#reaches.get(chunk);
    if (!reach) {
      let [west, east] = [Infinity, -Infinity];
      for (let i = 0; i < chunk.length; i++) {
        const [w, e] = [chunk.west[i] ?? NaN, chunk.east[i] ?? NaN];
        if (w < west) west = w;
        if (e > east && w <= e) east = e;
      }
      reach = { west, east };
      this.#reaches.set(chunk, reach);
    }
    return reach;
  }

  #upload(gl: Gl, program: WebGLProgram, chunk: Chunk): WebGLVertexArrayObject {
    let known = this.#uploaded.get(chunk);
    if (!known) {
      const vao = gl.createVertexArray();
      gl.bindVertexArray(vao);
      const buffers = [
        ['a_west', chunk.west],
        ['a_east', chunk.east],
        ['a_north', chunk.north],
        ['a_south', chunk.south],
      ].map(([name, values]) => {
        // SAFETY: pairs of a name and an array, in this order.
        const location = gl.getAttribLocation(program, name as string);
        const buffer = gl.createBuffer();
        gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
        gl.bufferData(gl.ARRAY_BUFFER, values as Float32Array<ArrayBuffer>, gl.STATIC_DRAW);
        gl.enableVertexAttribArray(location);
        gl.vertexAttribPointer(location, 1, gl.FLOAT, false, 0, 0);
        gl.vertexAttribDivisor(location, 1);
        return buffer;
      });
      const state = gl.createBuffer();
      const location = gl.getAttribLocation(program, 'a_state');
      gl.bindBuffer(gl.ARRAY_BUFFER, state);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribIPointer(location, 1, gl.UNSIGNED_BYTE, 0, 0);
      gl.vertexAttribDivisor(location, 1);
      known = { vao, buffers, state, version: -1 };
      this.#uploaded.set(chunk, known);
    }
    if (known.version !== chunk.version) {
      gl.bindBuffer(gl.ARRAY_BUFFER, known.state);
      gl.bufferData(gl.ARRAY_BUFFER, chunk.state, gl.DYNAMIC_DRAW);
      known.version = chunk.version;
    }
    return known.vao;
  }

  #forget(gl: Gl, chunk: Chunk): void {
    const known = this.#uploaded.get(chunk);
    this.#uploaded.delete(chunk);
    if (!known) return;
    gl.deleteVertexArray(known.vao);
    for (const buffer of [...known.buffers, known.state]) gl.deleteBuffer(buffer);
  }

  #drawGrid(gl: Gl, view: View, density: Density): void {
    const program = this.#grid;
    if (!program) return;
    gl.bindVertexArray(this.#none);
    gl.useProgram(program);
    gl.activeTexture(gl.TEXTURE0);
    if (this.#drawn !== density) {
      gl.deleteTexture(this.#texture);
      this.#texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, this.#texture);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      const { width, height } = density;
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, opacities(density));
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
      for (const [name, value] of [
        [gl.TEXTURE_MIN_FILTER, gl.NEAREST],
        [gl.TEXTURE_MAG_FILTER, gl.NEAREST],
        [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE],
        [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
      ] as const)
        gl.texParameteri(gl.TEXTURE_2D, name, value);
      this.#drawn = density;
    }
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    const at = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
    setView(gl, at, view);
    gl.uniform1i(at('u_cells'), 0);
    gl.uniform3f(at('u_colour'), ...unit(themeColours().undecided));
    const [w, s, e, n] = density.box;
    gl.uniform4f(at('u_box'), w, mercatorY(n), e, mercatorY(s));
    for (const turn of view.turns) {
      // A grid of the whole world has its other turns drawn beside it, a grid of the view is drawn once.
      if (e + turn <= view.bounds[0] || w + turn >= view.bounds[2]) continue;
      gl.uniform1f(at('u_turn'), turn);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }
}

const unit = ([r, g, b]: Rgb): [number, number, number] => [r / 255, g / 255, b / 255];

interface View {
  readonly centre: readonly [number, number];
  readonly scale: readonly [number, number];
  readonly shift: readonly [number, number];
  readonly ratio: number;
  readonly turns: readonly number[];
  readonly bounds: LonLatBox;
}

/** The flat, north-up view in doubles; only differences from its rounded middle reach the single precision of shaders. */
function viewOf(map: MapLibreMap, gl: Gl): View {
  const { lng, lat } = map.getCenter();
  const canvas = map.getCanvas();
  const ratio = gl.drawingBufferWidth / Math.max(1, canvas.clientWidth);
  const world = WORLD * 2 ** map.getZoom();
  const scaleX = (2 * world) / 360 / Math.max(1, canvas.clientWidth);
  const scaleY = (-2 * world) / Math.max(1, canvas.clientHeight);
  const y = mercatorY(lat);
  const centre = [Math.fround(lng), Math.fround(y)] as const;
  const half = 1 / scaleX;
  return {
    centre,
    scale: [scaleX, scaleY],
    shift: [(centre[0] - lng) * scaleX, (centre[1] - y) * scaleY],
    ratio,
    turns: map.getRenderWorldCopies()
      ? [-720, -360, 0, 360, 720].filter((t) => 540 + t >= lng - half && t - 540 <= lng + half)
      : [0],
    bounds: [lng - half, -90, lng + half, 90],
  };
}

function setView(gl: Gl, at: (name: string) => WebGLUniformLocation | null, view: View): void {
  gl.uniform2f(at('u_centre'), ...view.centre);
  gl.uniform2f(at('u_scale'), ...view.scale);
  gl.uniform2f(at('u_shift'), ...view.shift);
}
