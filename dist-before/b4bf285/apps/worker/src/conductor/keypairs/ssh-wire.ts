/** The `string` of the SSH protocol (RFC 4251, section 5): its length in four bytes, then its bytes. */
export function sshString(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([sshUint32(bytes.length), bytes]);
}

export function sshUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The first `string` of a blob, or null where the length does not fit. */
export function firstSshString(blob: Buffer): Buffer | null {
  if (blob.length < 4) return null;
  const length = blob.readUInt32BE(0);
  return length <= blob.length - 4 ? blob.subarray(4, 4 + length) : null;
}
