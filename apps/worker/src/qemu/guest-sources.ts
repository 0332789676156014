import type { Readable } from 'node:stream';
import type { InstanceMetadataData, InstanceNic } from '#libs/contracts';

/** What guests are made of, as the rest of the worker knows it. */
export interface GuestSources {
  readonly images: GuestImages;
  /** What a server is told of itself. Undefined for one that is deleted. */
  metadata(serverId: string): Promise<GuestMetadata | undefined>;
  /** A server's NICs, with what their subnets say. */
  nics(serverId: string): Promise<readonly InstanceNic[]>;
}

export interface GuestMetadata {
  readonly data: InstanceMetadataData;
  /** nova's personality: files that the server was created with. */
  readonly files: readonly { readonly path: string; readonly contents: string }[];
  /** `[api] dhcp_domain`. */
  readonly domain: string;
}

/** The Image API's images, as a host reads them: without a user. */
export interface GuestImages {
  /** Error: GuestError ImageUnacceptable for one that is gone. */
  describe(imageId: string): Promise<GuestImageFacts>;
  /** Errors: GuestError ImageUnacceptable for one without data, ImageNotActive. */
  open(imageId: string): Promise<GuestImageData>;
}

export interface GuestImageFacts {
  readonly diskFormat: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface GuestImageData {
  /** Bytes; null where it is not known. */
  readonly size: number | null;
  /** MD5, hexadecimal; null where it is not known. */
  readonly checksum: string | null;
  readonly read: () => Promise<Readable>;
}
