import type { Component, Mount } from '../pipeline.js';

/** An app with the nesting of the file. */
export type PipelineNode =
  | { readonly kind: 'app'; readonly app: Component }
  | { readonly kind: 'filtered'; readonly filters: readonly Component[]; readonly inner: PipelineNode }
  | {
      readonly kind: 'urlmap';
      readonly entries: readonly MapEntry[];
      readonly notFound: PipelineNode | undefined;
    };

export interface MapEntry {
  readonly prefix: string;
  readonly needsMore: boolean;
  readonly inner: PipelineNode;
}

/** The mounts of a tree, longest prefix first; the filters of all levels above come first. */
export function mountsOf(node: PipelineNode): Mount[] {
  return collect(node, '', false, []).toSorted(longestFirst);
}

function collect(node: PipelineNode, prefix: string, needsMore: boolean, filters: readonly Component[]): Mount[] {
  switch (node.kind) {
    case 'app':
      return [{ prefix, needsMore, filters, app: node.app }];
    case 'filtered':
      return collect(node.inner, prefix, needsMore, [...filters, ...node.filters]);
    case 'urlmap': {
      const mounts = node.entries.flatMap((entry) =>
        collect(entry.inner, prefix + entry.prefix, entry.needsMore, filters),
      );
      // Without this, a path that the nested map does not match would fall through to a shorter prefix outside of it.
      if (!mounts.some((mount) => mount.prefix === prefix && mount.needsMore === needsMore)) {
        mounts.push(
          ...(node.notFound === undefined
            ? [{ prefix, needsMore, filters, app: undefined }]
            : collect(node.notFound, prefix, needsMore, filters)),
        );
      }
      return mounts;
    }
    default:
      return node satisfies never;
  }
}

function longestFirst(a: Mount, b: Mount): number {
  return b.prefix.length - a.prefix.length || Number(b.needsMore) - Number(a.needsMore);
}
