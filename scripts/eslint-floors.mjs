// ESLint rule `nadir/floors`: imports go down the floors of architecture.md only, and never in a circle.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Folders from the ground up. On one floor a folder may import those named before it. */
const FLOORS = [
  ['src/core'],
  ['src/io'],
  ['src/formats'],
  ['src/sources'],
  ['src/pixels'],
  ['src/catalog'],
  ['src/load'],
  ['src/grid', 'src/selection', 'src/sampling', 'src/curation'],
  ['src/dataset', 'src/ingest', 'src/image-text', 'src/embeddings', 'src/export'],
  ['src/display'],
  ['src/index.ts'],
  ['kernels', 'src/cli', 'src/extension'],
];
const ORDER = FLOORS.flat();
const rank = (file) => ORDER.findIndex((place) => file === place || file.startsWith(`${place}/`));

function resolveImport(from, spec) {
  const base = path.resolve(path.dirname(from), spec);
  const candidates = [
    base.replace(/\.js$/, '.ts'),
    base.replace(/\.js$/, '.tsx'),
    base,
    `${base}.ts`,
    `${base}/index.ts`,
  ];
  return candidates.find((c) => existsSync(c) && !c.endsWith(path.sep));
}

const importsOf = new Map();
function imports(file) {
  let list = importsOf.get(file);
  if (!list) {
    const text = readFileSync(file, 'utf8');
    // Type-only imports vanish, so they make no cycle.
    list = [...text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+'(\.[^']+)'/gm)]
      .map((m) => resolveImport(file, m[1]))
      .filter((f) => f?.endsWith('.ts') || f?.endsWith('.tsx'));
    importsOf.set(file, list);
  }
  return list;
}

function cycleThrough(file, next) {
  const seen = new Set();
  const walk = (f, trail) => {
    if (f === file) return trail;
    if (seen.has(f)) return null;
    seen.add(f);
    for (const g of imports(f)) {
      const found = walk(g, [...trail, g]);
      if (found) return found;
    }
    return null;
  };
  return walk(next, [next]);
}

export const floors = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      up: '{{from}} must not import {{to}}: imports go down the floors only (architecture.md).',
      web: 'Renderers import src/display/wire and nothing else of src.',
      vscode: 'Only src/extension imports "vscode".',
      cycle: 'Import cycle: {{trail}}.',
    },
  },
  create(context) {
    const root = context.cwd;
    const file = context.filename;
    const here = path.relative(root, file);
    const check = (node) => {
      const spec = node.source?.value;
      if (typeof spec !== 'string') return;
      if (spec === 'vscode' && !here.startsWith('src/extension/') && !here.startsWith('test/integration/'))
        context.report({ node, messageId: 'vscode' });
      if (!spec.startsWith('.')) return;
      const target = resolveImport(file, spec);
      if (!target) return;
      const there = path.relative(root, target);
      if (here.startsWith('renderers/') && there.startsWith('src/') && !there.startsWith('src/display/wire/'))
        context.report({ node, messageId: 'web' });
      const [a, b] = [rank(here), rank(there)];
      if (a >= 0 && (b > a || there.startsWith('renderers/')))
        context.report({ node, messageId: 'up', data: { from: here, to: there } });
      if (node.importKind === 'type' || node.exportKind === 'type') return;
      const trail = cycleThrough(file, target);
      if (trail)
        context.report({
          node,
          messageId: 'cycle',
          data: { trail: [here, ...trail.map((f) => path.relative(root, f))].join(' → ') },
        });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
