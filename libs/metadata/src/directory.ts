/**
 * A node of a metadata tree: a text, lines, or a directory. A directory's `_name` is its entry in its parent's list.
 */
export type MetadataNode = string | readonly string[] | MetadataDirectory;
export interface MetadataDirectory {
  readonly [key: string]: MetadataNode;
}

function isDirectory(node: MetadataNode): node is MetadataDirectory {
  return typeof node === 'object' && !Array.isArray(node);
}

/** The node at a path below a directory; undefined if there is none. */
export function nodeAt(root: MetadataDirectory, path: readonly string[]): MetadataNode | undefined {
  let node: MetadataNode = root;
  for (const name of path) {
    if (!isDirectory(node) || name === '_name' || !Object.hasOwn(node, name)) return undefined;
    const next: MetadataNode | undefined = node[name];
    if (next === undefined) return undefined;
    node = next;
  }
  return node;
}

/** A node as text: a directory is the sorted list of its keys, with `/` after those that are directories. */
export function printNode(node: MetadataNode): string {
  if (typeof node === 'string') return node;
  if (!isDirectory(node)) return node.join('\n');
  return Object.keys(node)
    .filter((key) => key !== '_name')
    .toSorted()
    .map((key) => {
      const child = node[key];
      if (child === undefined || !isDirectory(child)) return key;
      const name = child['_name'];
      return typeof name === 'string' ? name : `${key}/`;
    })
    .join('\n');
}
