import { objectType, pageType } from '../objects/versioned-object.js';
import type { IMAGE_STATUSES, VISIBILITIES } from './images.js';

/** A place of an image's data: a URL without credentials, and what is told of it beside the name of its store. */
export interface ImageLocationData {
  readonly url: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Image v2's record, sizes in bytes, min_disk in GiB, min_ram in MiB, times ISO 8601 UTC. */
export interface ImageData {
  readonly id: string;
  readonly name: string | null;
  readonly status: (typeof IMAGE_STATUSES)[number];
  readonly visibility: (typeof VISIBILITIES)[number];
  readonly protected: boolean;
  readonly owner: string | null;
  readonly disk_format: string | null;
  readonly container_format: string | null;
  /** null: it has no data yet. */
  readonly size: number | null;
  readonly virtual_size: number | null;
  readonly min_disk: number;
  readonly min_ram: number;
  /** MD5 of the data, in hexadecimal. */
  readonly checksum: string | null;
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly os_hidden: boolean;
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  /** Stores that have the data. */
  readonly stores: readonly string[];
  /** Where the data lies, the place that is read first; empty where the caller may not see it, or nobody. */
  readonly locations: readonly ImageLocationData[];
  readonly created_at: string;
  readonly updated_at: string;
}

export const Image = objectType<ImageData>('Image', '1.2', [
  {
    version: '1.1',
    contract: '1.1',
    adds: ['os_hash_algo', 'os_hash_value', 'stores'],
    missing: { os_hash_algo: null, os_hash_value: null, stores: [] },
    // Before, every image had a name, formats and a size.
    backport: (image) => ({
      ...image,
      name: image.name ?? '',
      disk_format: image.disk_format ?? '',
      container_format: image.container_format ?? '',
      size: image.size ?? 0,
    }),
  },
  { version: '1.2', contract: '1.2', adds: ['locations'], missing: { locations: [] } },
]);
export const ImagePage = pageType(Image);

/** A project that an image is shared with. */
export interface ImageMemberData {
  readonly image_id: string;
  readonly member_id: string;
  readonly status: 'pending' | 'accepted' | 'rejected';
  readonly created_at: string;
  readonly updated_at: string;
}

export const ImageMember = objectType<ImageMemberData>('ImageMember', '1.0');
export const ImageMembers = objectType<{ readonly members: readonly ImageMemberData[] }>('ImageMembers', '1.0');

/** Leave to write an image's data: where, how much, and the token that `image_data_finish` asks for. */
export interface ImageUploadData {
  readonly image_id: string;
  /** Names this attempt and nothing else; an attempt that came later has another. */
  readonly token: string;
  readonly store: string;
  /** What the data is called in the store. */
  readonly key: string;
  /** Most bytes that may be written: the cap of an image, or what the project's quota leaves. */
  readonly limit: number;
  readonly disk_format: string | null;
  /** Within so many seconds the writer says that it is alive, or loses the claim. */
  readonly lease_seconds: number;
}

export const ImageUpload = objectType<ImageUploadData>('ImageUpload', '1.0');

/** Where the data of an image lies that the caller may read, and what its store reads it by; null without data. */
export interface ImageSourceData {
  readonly image: ImageData;
  readonly store: string | null;
  readonly key: string | null;
}

export const ImageSource = objectType<ImageSourceData>('ImageSource', '1.0');

/** A piece of work of the Image API that goes on after its answer. `input` and `result` are glance's. */
export interface ImageTaskData {
  readonly id: string;
  readonly type: string;
  readonly status: 'pending' | 'processing' | 'success' | 'failure';
  readonly owner: string | null;
  readonly image_id: string | null;
  readonly user_id: string | null;
  readonly request_id: string | null;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly message: string;
  readonly expires_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export const ImageTask = objectType<ImageTaskData>('ImageTask', '1.0');
export const ImageTaskPage = pageType(ImageTask);

/** What a project has and may have, by resource; -1 is no limit. */
export interface ImageUsageData {
  readonly usage: Readonly<Record<string, { readonly usage: number; readonly limit: number }>>;
}

export const ImageUsage = objectType<ImageUsageData>('ImageUsage', '1.0');

/** Where the data of an image lies, as URLs of its stores; they hold no credentials. */
export interface ImageLocationsData {
  readonly locations: readonly { readonly url: string; readonly store: string }[];
}

export const ImageLocations = objectType<ImageLocationsData>('ImageLocations', '1.0');
