import type { Generated } from 'kysely';
import type { ImageData } from '#libs/contracts';
import type { DefaultJson, DefaultTimestamp } from './column-types.js';

/** See ImageData for units. */
export interface ImagesTable {
  id: string;
  name: string;
  status: Generated<ImageData['status']>;
  visibility: Generated<ImageData['visibility']>;
  protected: Generated<boolean>;
  owner: string | null;
  disk_format: string;
  container_format: string;
  size: number;
  virtual_size: number | null;
  min_disk: number;
  min_ram: number;
  checksum: string | null;
  os_hidden: Generated<boolean>;
  tags: DefaultJson<string[]>;
  properties: DefaultJson<Record<string, string>>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

export interface ImageTables {
  images: ImagesTable;
}
