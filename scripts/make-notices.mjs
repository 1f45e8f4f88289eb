// Writes ThirdPartyNotices.txt: the licence of every package that a bundle of dist/ contains, from the bundles' metafiles.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './lib/setup.mjs';

/** Packages that reach the product by another way than an import: the compiler is copied, the basemap is converted. */
const ALSO = ['typescript', 'world-atlas'];

/** Folder below node_modules of the package that a bundled file belongs to. */
function packageOf(input) {
  const m = /(?:^|\/)(node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(input);
  return m?.[1];
}

/** Writes the notices and returns the names of packages without a licence text. */
export function writeNotices() {
  const folder = path.join(ROOT, 'dist-test');
  const inputs = readdirSync(folder)
    .filter((f) => /^meta-.*\.json$/.test(f))
    .flatMap((f) => Object.keys(JSON.parse(readFileSync(path.join(folder, f), 'utf8')).inputs));
  const folders = [
    ...new Set([...inputs.map(packageOf).filter(Boolean), ...ALSO.map((p) => `node_modules/${p}`)]),
  ].sort();
  const missing = [];
  const texts = folders.map((place) => {
    const at = path.join(ROOT, place);
    const { name, version, license } = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'));
    const file = readdirSync(at).find((f) => /^(licen[cs]e|copying)/i.test(f) && !/_MIT$/.test(f));
    if (!file) missing.push(name);
    const text = file ? readFileSync(path.join(at, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  const basemap =
    'Basemap: made with Natural Earth (public domain).\n' +
    'Coordinate reference systems: from the EPSG Geodetic Parameter Dataset of IOGP, through PROJ.\n';
  writeFileSync(
    path.join(ROOT, 'ThirdPartyNotices.txt'),
    `Nadir contains the following third-party software and data.\n\n${[basemap, ...texts].join(`\n${'-'.repeat(80)}\n\n`)}`,
  );
  return missing;
}

if (process.argv[1] === import.meta.filename) {
  if (!existsSync(path.join(ROOT, 'dist-test'))) throw new Error('run the build first');
  const missing = writeNotices();
  if (missing.length) console.log(`no licence text in: ${missing.join(', ')}`);
}
