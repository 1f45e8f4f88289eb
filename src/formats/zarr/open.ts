/** Opens Zarr hierarchies: folders, addresses, zip files. */
import { FormatError } from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';
import type { CubeFile, CubeGroup, CubeVariable } from '../cube/types.js';
import { zarrVariable } from './array.js';
import { readHierarchy, type ZarrNode } from './metadata.js';
import type { ZarrStore } from './store.js';

/** Builds the tree of groups; arrays whose group is not listed belong to the nearest one above. */
function toGroup(store: ZarrStore, node: ZarrNode, nodes: readonly ZarrNode[], file: string): CubeGroup {
  const children = new Map<string, ZarrNode[]>();
  const keys = new Set(nodes.filter((n) => n.kind === 'group').map((n) => n.key));
  for (const child of nodes) {
    if (child.key === '') continue;
    let above = child.key;
    do above = above.includes('/') ? above.slice(0, above.lastIndexOf('/')) : '';
    while (above !== '' && !keys.has(above));
    const list = children.get(above) ?? [];
    list.push(child);
    children.set(above, list);
  }
  const build = (group: ZarrNode, inherited: ReadonlyMap<string, number>): CubeGroup => {
    const dims = new Map(inherited);
    const variables = new Map<string, CubeVariable>();
    const own = children.get(group.key) ?? [];
    for (const child of own) {
      if (child.kind !== 'array') continue;
      const variable = zarrVariable(store, child, file);
      variable.dims.forEach((name, d) => dims.set(name, variable.shape[d] ?? 0));
      variables.set(variable.name, variable);
    }
    return {
      path: `/${group.key}`,
      attributes: group.attributes,
      dims,
      variables,
      groups: own.filter((c) => c.kind === 'group').map((c) => build(c, dims)),
    };
  };
  return build(node, new Map());
}

/**
 * Opens a hierarchy in a store, which is closed with the file, also when opening fails.
 *
 * @throws {@link FormatError} `not-zarr`, `zarr-metadata`; {@link UnsupportedDataError} `zarr-not-consolidated`.
 */
export async function openZarr(store: ZarrStore, file: string, o: ReadOptions = {}): Promise<CubeFile> {
  try {
    const nodes = await readHierarchy(store, file, o);
    const root = nodes.find((n) => n.key === '');
    const top: ZarrNode =
      root?.kind === 'group' ? root : { key: '', kind: 'group', version: 2, metadata: {}, attributes: {} };
    if (root?.kind === 'array') {
      // An array alone: a group of one variable, named like the file.
      const name = /([^/\\]+?)(?:\.zarr)?[/\\]*$/.exec(file)?.[1] ?? 'data';
      const variable = { ...zarrVariable(store, root, file), name };
      const dims = new Map(variable.dims.map((d, i) => [d, variable.shape[i] ?? 0]));
      const group: CubeGroup = { path: '/', attributes: {}, dims, variables: new Map([[name, variable]]), groups: [] };
      return { format: 'zarr', name: file, root: group, close: () => store.close() };
    }
    if (nodes.length === 0) throw new FormatError('not-zarr', `${file} has empty metadata.`, { details: { file } });
    return { format: 'zarr', name: file, root: toGroup(store, top, nodes, file), close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}
