import { createHash } from 'node:crypto';

/** Namespace of our image ids; never changes, since servers refer to images by id. */
const IMAGE_NAMESPACE = 'a1b12e00-5d1c-5f3a-9c7e-0c1a6e0f1a6e';

/** The same name has the same id in every installation: a UUID version 5 (RFC 9562) of the name. */
export function stableImageId(name: string): string {
  return uuidV5(IMAGE_NAMESPACE, name);
}

/** A name-based UUID in a namespace. */
export function uuidV5(namespace: string, name: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  const bytes = digest.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
