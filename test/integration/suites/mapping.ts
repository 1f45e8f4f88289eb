import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, errorOf, nadir, textOf, until, workspaceFile } from '../support.js';

const CATALOG = 'application/vnd.nadir.catalog.v1+json';
const SQUARE = {
  type: 'Polygon',
  coordinates: [
    [
      [10, 46],
      [11, 46],
      [11, 47],
      [10, 47],
      [10, 46],
    ],
  ],
};

async function write(name: string, content: string): Promise<vscode.Uri> {
  const uri = workspaceFile(name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  return uri;
}

async function openInMap(uri: vscode.Uri): Promise<vscode.NotebookDocument | undefined> {
  await nadir();
  const notebook = await vscode.commands.executeCommand<vscode.NotebookDocument | undefined>('nadir.openInMap', uri);
  if (notebook) await until('the cell has ended', () => notebook.cellAt(0).executionSummary?.success !== undefined);
  return notebook;
}

describe('Open in Map', () => {
  afterEach(closeAll);

  it('a GeoJSON file is a vector catalog on the map', async () => {
    const feature = { type: 'Feature', properties: { name: 'here' }, geometry: SQUARE };
    const uri = await write('places é.geojson', JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
    const notebook = await openInMap(uri);
    assert.match(notebook!.cellAt(0).document.getText(), /buildVectorCatalog/);
    const payload = JSON.parse(textOf(notebook!.cellAt(0), CATALOG)) as { title: string; data: { bbox: number[] } };
    assert.equal(payload.title, '1 vector file');
    assert.deepEqual(payload.data.bbox, [10, 46, 11, 47]);
  });

  it('a STAC item is a catalog with a row for each asset', async () => {
    const item = {
      type: 'Feature',
      stac_version: '1.1.0',
      id: 'one',
      geometry: SQUARE,
      bbox: [10, 46, 11, 47],
      properties: { datetime: '2024-06-03T10:00:00Z' },
      links: [],
      assets: { red: { href: './red.tif' }, nir: { href: './nir.tif' } },
    };
    const notebook = await openInMap(await write('item.json', JSON.stringify(item)));
    assert.match(notebook!.cellAt(0).document.getText(), /catalogFromStac/);
    const payload = JSON.parse(textOf(notebook!.cellAt(0), CATALOG)) as { data: { counts: { rows: number } } };
    assert.equal(payload.data.counts.rows, 2);
  });

  it('a damaged file gives an error that names it, in the cell', async () => {
    const notebook = await openInMap(await write('broken.fgb', 'not a FlatGeobuf file'));
    const { message } = errorOf(notebook!.cellAt(0));
    assert.match(message, /broken\.fgb/);
  });

  it('a file of another kind opens nothing', async () => {
    assert.equal(await openInMap(await write('tsconfig.json', '{"compilerOptions": {}}')), undefined);
  });
});
