import { objectType } from '../objects/versioned-object.js';

/** A kind of definition inside a namespace; `resource_type`: an association with a type of resource. */
export const METADEF_KINDS = ['object', 'property', 'tag', 'resource_type'] as const;
export type MetadefKind = (typeof METADEF_KINDS)[number];

/** A definition: `body` is what the API takes and shows of it beside name and times. */
export interface MetadefItemData {
  readonly kind: MetadefKind;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A namespace of metadata definitions (glance.api.v2.metadef_namespaces). */
export interface MetadefNamespaceData {
  readonly namespace: string;
  readonly display_name: string | null;
  readonly description: string | null;
  readonly visibility: 'public' | 'private';
  readonly protected: boolean;
  readonly owner: string | null;
  /** All of them in one namespace; its associations in a list. */
  readonly items: readonly MetadefItemData[];
  readonly created_at: string;
  readonly updated_at: string;
}

export const MetadefItem = objectType<MetadefItemData>('MetadefItem', '1.0');
export const MetadefItems = objectType<{ readonly items: readonly MetadefItemData[] }>('MetadefItems', '1.0');
export const MetadefNamespace = objectType<MetadefNamespaceData>('MetadefNamespace', '1.0');
export const MetadefNamespaces = objectType<{ readonly namespaces: readonly MetadefNamespaceData[] }>(
  'MetadefNamespaces',
  '1.0',
);

/** A type of resource that namespaces can be associated with. */
export interface MetadefResourceTypeData {
  readonly name: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export const MetadefResourceTypes = objectType<{ readonly resource_types: readonly MetadefResourceTypeData[] }>(
  'MetadefResourceTypes',
  '1.0',
);
