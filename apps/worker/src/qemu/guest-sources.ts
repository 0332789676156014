import type { Readable } from 'node:stream';
import type { InstanceMetadataData, InstanceNic } from '#libs/contracts';

/** The rest of the worker, as the source of guests' data. */
export interface GuestSources {
  readonly images: GuestImages;
  /** The metadata of a server. Undefined for a deleted one. */
  metadata(serverId: string): Promise<GuestMetadata | undefined>;
  /** A server's NICs, with data of their subnets. */
  nics(serverId: string): Promise<readonly InstanceNic[]>;
}

export interface GuestMetadata {
  readonly data: InstanceMetadataData;
  /** nova's personality: files with which the server was created. */
  readonly files: readonly { readonly path: string; readonly contents: string }[];
  /** `[api] dhcp_domain`. */
  readonly domain: string;
}

/** Images of the Image API, read by the host without a user. */
export interface GuestImages {
  /** Error: GuestError ImageUnacceptable for a deleted image. */
  describe(imageId: string): Promise<GuestImageFacts>;
  /** Errors: GuestError ImageUnacceptable for an image without data, ImageNotActive. */
  open(imageId: string): Promise<GuestImageData>;
}

export interface GuestImageFacts {
  readonly diskFormat: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface GuestImageData {
  /** Bytes; null if unknown. */
  readonly size: number | null;
  /** MD5, hexadecimal; null if unknown. */
  readonly checksum: string | null;
  readonly read: () => Promise<Readable>;
}
