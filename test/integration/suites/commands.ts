import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, nadir } from '../support.js';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

function manifest(): Manifest {
  const extension = vscode.extensions.getExtension('nadir-eo.nadir');
  return extension!.packageJSON as Manifest;
}

describe('commands', () => {
  afterEach(closeAll);

  it('every command of the manifest is registered, and every registered one is in the manifest', async () => {
    await nadir();
    const registered = (await vscode.commands.getCommands(true)).filter((c) => /^nadir\.[a-zA-Z]+$/.test(c)).sort();
    assert.deepEqual(
      registered,
      manifest()
        .contributes.commands.map((c) => c.command)
        .sort(),
    );
  });

  it('menus name commands that exist, and notebook entries are guarded', () => {
    const { commands, menus } = manifest().contributes;
    for (const [menu, entries] of Object.entries(menus))
      for (const { command, when } of entries) {
        assert.ok(
          commands.some((c) => c.command === command),
          `${command} of ${menu}`,
        );
        if (menu.startsWith('notebook/'))
          assert.match(when ?? '', /notebookKernel == 'nadir-eo\.nadir\/nadir-typescript'/);
      }
  });

  it('titles are texts, not keys', () => {
    for (const { command, title } of manifest().contributes.commands) assert.doesNotMatch(title, /%|^$/, command);
  });

  it('the walkthrough opens', async () => {
    await vscode.commands.executeCommand('nadir.walkthrough');
  });
});
