import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';

/** Image v2's record, sizes in bytes, min_disk in GiB, min_ram in MiB, times ISO 8601 UTC. */
export interface ImageData {
  readonly id: string;
  readonly name: string;
  readonly status: 'active';
  readonly visibility: 'public' | 'private' | 'shared' | 'community';
  readonly protected: boolean;
  readonly owner: string | null;
  readonly disk_format: string;
  readonly container_format: string;
  readonly size: number;
  readonly virtual_size: number | null;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly checksum: string | null;
  readonly os_hidden: boolean;
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly updated_at: string;
}

export const Image = objectType<ImageData>('Image', '1.0');
export const ImagePage = objectType<Page<ImageData>>('ImagePage', '1.0');
