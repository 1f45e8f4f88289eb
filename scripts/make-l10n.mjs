// Collects the texts of src/extension into l10n/bundle.l10n.json, the English original that translations start from.
// usage: node scripts/make-l10n.mjs [--check]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './host.mjs';

const folder = path.join(ROOT, 'src/extension');
const target = path.join(ROOT, 'l10n/bundle.l10n.json');
const texts = new Set();
for (const name of readdirSync(folder)
  .filter((f) => f.endsWith('.ts'))
  .sort()) {
  const file = ts.createSourceFile(name, readFileSync(path.join(folder, name), 'utf8'), ts.ScriptTarget.ES2023, true);
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(file) === 'l10n.t') {
      const [first] = node.arguments;
      if (!ts.isStringLiteralLike(first))
        throw new Error(`${name}: l10n.t needs a literal text, not ${first.getText(file)}`);
      texts.add(first.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}
const bundle = `${JSON.stringify(Object.fromEntries([...texts].sort().map((t) => [t, t])), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, bundle);
} else if (readFileSync(target, 'utf8') !== bundle) {
  console.error('l10n/bundle.l10n.json is not what src/extension says: run `node scripts/make-l10n.mjs`.');
  process.exit(1);
}
