import type { Generated } from 'kysely';
import type { ImageData, ImageMemberData, ImageTaskData, MetadefKind, MetadefNamespaceData } from '#libs/contracts';
import type { DefaultJson, DefaultTimestamp, Json } from './column-types.js';

/** See ImageData for the units. */
export interface ImagesTable {
  id: string;
  name: string | null;
  status: Generated<ImageData['status']>;
  visibility: Generated<ImageData['visibility']>;
  protected: Generated<boolean>;
  owner: string | null;
  disk_format: string | null;
  container_format: string | null;
  size: number | null;
  virtual_size: number | null;
  min_disk: number;
  min_ram: number;
  checksum: string | null;
  os_hash_algo: string | null;
  os_hash_value: string | null;
  os_hidden: Generated<boolean>;
  tags: DefaultJson<string[]>;
  properties: DefaultJson<Record<string, string>>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

export interface ImageMembersTable {
  image_id: string;
  member_id: string;
  status: Generated<ImageMemberData['status']>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

/**
 * An object in a store. `writing`: a worker writes it and extends `lease_until`; `staged`: waits for its import;
 * `stored`: the data of its image; `doomed`: to be deleted from the store, and then this row.
 */
export interface ImageObjectsTable {
  key: string;
  image_id: string;
  store: string;
  state: 'writing' | 'staged' | 'stored' | 'doomed';
  lease_until: string | null;
  size: number | null;
  /** For data in another place, which is only read. */
  url: Generated<string | null>;
  metadata: DefaultJson<Record<string, unknown>>;
  created_at: DefaultTimestamp;
}

export interface ImageTasksTable {
  id: string;
  type: string;
  status: Generated<ImageTaskData['status']>;
  owner: string | null;
  image_id: string | null;
  user_id: string | null;
  request_id: string | null;
  input: Json<Record<string, unknown>>;
  result: Json<Record<string, unknown>> | null;
  message: Generated<string>;
  lease_until: string | null;
  expires_at: string | null;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

export interface ImageSeedsTable {
  id: string;
  entry: Json<Record<string, string>>;
}

/** See MetadefNamespaceData. */
export interface MetadefNamespacesTable {
  namespace: string;
  display_name: string | null;
  description: string | null;
  visibility: MetadefNamespaceData['visibility'];
  protected: boolean;
  owner: string | null;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

export interface MetadefItemsTable {
  namespace: string;
  kind: MetadefKind;
  name: string;
  body: Json<Record<string, unknown>>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

export interface MetadefResourceTypesTable {
  name: string;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

export interface MetadefSeedsTable {
  namespace: string;
}

export interface ImageTables {
  metadef_namespaces: MetadefNamespacesTable;
  metadef_items: MetadefItemsTable;
  metadef_resource_types: MetadefResourceTypesTable;
  metadef_seeds: MetadefSeedsTable;
  images: ImagesTable;
  image_members: ImageMembersTable;
  image_objects: ImageObjectsTable;
  image_tasks: ImageTasksTable;
  image_seeds: ImageSeedsTable;
}
