/** Programs of the layer of boxes. Places are degrees of longitude and Mercator y, relative to the middle of the view. */

const COMMON = `#version 300 es
precision highp float;
uniform vec2 u_centre;
uniform vec2 u_scale;
uniform vec2 u_shift;
out float v_lon;
vec2 toClip(vec2 place) { return (place - u_centre) * u_scale + u_shift; }
`;

/** From afar the map repeats the world; what is seen again is fainter, so that nobody counts it twice. */
const AGAIN = `
float again(float lon) { return abs(lon) > 180.0 ? 0.3 : 1.0; }
`;

/** One box an instance; \`gl_VertexID\` 0–3 are its corners. State bit 2 hides, bits 0–1 are the verdict. */
export const BOX_VERTEX = `${COMMON}
uniform vec2 u_size;
uniform float u_turn;
uniform float u_least;
in float a_west;
in float a_east;
in float a_north;
in float a_south;
in uint a_state;
out vec2 v_at;
flat out vec2 v_box;
flat out uint v_state;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  vec2 a = toClip(vec2(a_west + u_turn, a_north));
  vec2 b = toClip(vec2(a_east + u_turn, a_south));
  vec2 box = abs(b - a) * 0.5 * u_size;
  vec2 grown = max(box, vec2(u_least));
  vec2 middle = (a + b) * 0.5;
  vec2 half_ = grown / u_size * sign(b - a + vec2(1e-20, -1e-20));
  v_at = corner * grown;
  v_box = grown;
  v_state = a_state & 3u;
  v_lon = mix(a_west, a_east, 0.5) + u_turn - u_centre.x;
  bool isGone = (a_state & 4u) != 0u || !(a_west <= a_east);
  gl_Position = isGone ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(mix(middle - half_, middle + half_, corner), 0.0, 1.0);
}`;

export const BOX_FRAGMENT = `#version 300 es
precision highp float;
${AGAIN}uniform vec3 u_colours[3];
uniform float u_line;
uniform float u_fill;
uniform float u_edge;
in float v_lon;
in vec2 v_at;
flat in vec2 v_box;
flat in uint v_state;
out vec4 colour;
void main() {
  vec2 inner = min(v_at, v_box - v_at);
  float off = min(inner.x, inner.y);
  float edge = 1.0 - smoothstep(u_line - 0.5, u_line + 0.5, off);
  float fill = v_state == 0u ? u_fill : 0.42;
  if (v_state == 2u) fill = mod(gl_FragCoord.x + gl_FragCoord.y, 8.0) < 2.0 ? 0.8 : 0.08;
  float alpha = mix(fill, u_edge, edge);
  alpha *= again(v_lon);
  colour = vec4(u_colours[v_state] * alpha, alpha);
}`;

/** The grid of counts: one quad with one byte of opacity a cell. */
export const GRID_VERTEX = `${COMMON}
uniform vec4 u_box;
uniform float u_turn;
out vec2 v_cell;
void main() {
  v_cell = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  vec2 place = mix(u_box.xy, u_box.zw, v_cell) + vec2(u_turn, 0.0);
  v_lon = place.x - u_centre.x;
  gl_Position = vec4(toClip(place), 0.0, 1.0);
}`;

export const GRID_FRAGMENT = `#version 300 es
precision highp float;
${AGAIN}uniform sampler2D u_cells;
uniform vec3 u_colour;
in vec2 v_cell;
in float v_lon;
out vec4 colour;
void main() {
  float alpha = texture(u_cells, v_cell).r * again(v_lon);
  colour = vec4(u_colour * alpha, alpha);
}`;
