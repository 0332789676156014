import { objectType, pageType } from '../objects/versioned-object.js';
import type { IMAGE_STATUSES, VISIBILITIES } from './images.js';

/** A location of an image's data: a URL without credentials, and its metadata in addition to the name of its store. */
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
  /** The locations of the data, in the order in which they are read; empty if the caller, or nobody, may see them. */
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

/** A project with which an image is shared. */
export interface ImageMemberData {
  readonly image_id: string;
  readonly member_id: string;
  readonly status: 'pending' | 'accepted' | 'rejected';
  readonly created_at: string;
  readonly updated_at: string;
}

export const ImageMember = objectType<ImageMemberData>('ImageMember', '1.0');
export const ImageMembers = objectType<{ readonly members: readonly ImageMemberData[] }>('ImageMembers', '1.0');

/**
 * The permission to write an image's data: the location, the limit, and the token that `image_data_finish` requires.
 */
export interface ImageUploadData {
  readonly image_id: string;
  /** Identifies only this attempt; a later attempt has another token. */
  readonly token: string;
  readonly store: string;
  /** The name of the data in the store. */
  readonly key: string;
  /** Maximum number of bytes that may be written: the limit of an image, or the rest of the project's quota. */
  readonly limit: number;
  readonly disk_format: string | null;
  /** Within this many seconds the writer must renew the claim, or loses it. */
  readonly lease_seconds: number;
}

export const ImageUpload = objectType<ImageUploadData>('ImageUpload', '1.0');

/** Location of the data of an image that the caller may read, and how its store reads it; null without data. */
export interface ImageSourceData {
  readonly image: ImageData;
  readonly store: string | null;
  readonly key: string | null;
}

export const ImageSource = objectType<ImageSourceData>('ImageSource', '1.0');

/** An operation of the Image API that continues after its response. `input` and `result` are glance's. */
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

/** Usage and limits of a project, by resource; -1 is no limit. */
export interface ImageUsageData {
  readonly usage: Readonly<Record<string, { readonly usage: number; readonly limit: number }>>;
}

export const ImageUsage = objectType<ImageUsageData>('ImageUsage', '1.0');

/** Locations of an image's data, as URLs of its stores; they contain no credentials. */
export interface ImageLocationsData {
  readonly locations: readonly { readonly url: string; readonly store: string }[];
}

export const ImageLocations = objectType<ImageLocationsData>('ImageLocations', '1.0');
