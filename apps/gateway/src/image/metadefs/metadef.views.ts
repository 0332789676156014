import type { MetadefItemData, MetadefKind, MetadefNamespaceData } from '#libs/contracts';
import { wholeSeconds } from '../images/images.view.js';

type View = Readonly<Record<string, unknown>>;

const times = ({ created_at: created, updated_at: updated }: MetadefItemData | MetadefNamespaceData): View => ({
  created_at: wholeSeconds(created),
  updated_at: wholeSeconds(updated),
});

const hrefOf = (namespace: string): string => `/v2/metadefs/namespaces/${namespace}`;

/** The view of a single definition. */
export function itemView(namespace: string, item: MetadefItemData): View {
  const { kind, name, body } = item;
  if (kind === 'tag') return { name, ...times(item) };
  // A property is shown as its schema.
  if (kind === 'property') return { ...body, name };
  if (kind === 'resource_type') return { name, ...body, ...times(item) };
  return {
    name,
    required: [],
    properties: {},
    ...body,
    ...times(item),
    self: `${hrefOf(namespace)}/objects/${name}`,
    schema: '/v2/schemas/metadefs/object',
  };
}

/** All definitions of a kind in the form of lists and namespaces: properties by name, tags by their names only. */
export function itemsView(namespace: string, kind: MetadefKind, items: readonly MetadefItemData[]): unknown {
  if (kind === 'property') return Object.fromEntries(items.map(({ name, body }) => [name, body]));
  if (kind === 'tag') return items.map(({ name }) => ({ name }));
  return items.map((item) => itemView(namespace, item));
}

/** A namespace, with its definitions if there are any. */
export function namespaceView(data: MetadefNamespaceData): View {
  const { namespace, items } = data;
  const part = (kind: MetadefKind, name: string): View => {
    const found = items.filter((item) => item.kind === kind);
    return found.length === 0 ? {} : { [name]: itemsView(namespace, kind, found) };
  };
  return {
    namespace,
    ...(data.display_name === null ? {} : { display_name: data.display_name }),
    ...(data.description === null ? {} : { description: data.description }),
    visibility: data.visibility,
    protected: data.protected,
    owner: data.owner,
    ...times(data),
    self: hrefOf(namespace),
    schema: '/v2/schemas/metadefs/namespace',
    ...part('resource_type', 'resource_type_associations'),
    ...part('object', 'objects'),
    ...part('property', 'properties'),
    ...part('tag', 'tags'),
  };
}

/** The same with the names of properties as resources of a type have them (`?resource_type=`). */
export function prefixed(data: MetadefNamespaceData, type: string): MetadefNamespaceData {
  const association = data.items.find(({ kind, name }) => kind === 'resource_type' && name === type);
  const prefix = association?.body['prefix'];
  if (typeof prefix !== 'string') return data;
  const rename = (properties: unknown): unknown =>
    Object.fromEntries(Object.entries(Object(properties)).map(([name, value]) => [prefix + name, value]));
  return {
    ...data,
    items: data.items.map((item) => {
      if (item.kind === 'property') return { ...item, name: prefix + item.name };
      if (item.kind !== 'object') return item;
      const { required } = item.body;
      return {
        ...item,
        body: {
          ...item.body,
          properties: rename(item.body['properties']),
          ...(Array.isArray(required) ? { required: required.map((name) => `${prefix}${String(name)}`) } : {}),
        },
      };
    }),
  };
}
