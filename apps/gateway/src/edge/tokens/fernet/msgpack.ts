// The part of MessagePack (github.com/msgpack/msgpack) that keystone's payloads are made of: nil, truth, integers, floats,
// texts, bytes and arrays. The bytes come from a token whose signature has been checked.

/** What a payload may hold. */
export type PackedValue = null | boolean | number | string | Uint8Array | readonly PackedValue[];

function head(tag: number, value: number, bytes: 0 | 1 | 2 | 4): Buffer {
  const buffer = Buffer.alloc(1 + bytes);
  buffer.writeUInt8(tag, 0);
  if (bytes > 0) buffer.writeUIntBE(value, 1, bytes);
  return buffer;
}

/** The head of what has a length: short ones in the tag, else one, two or four bytes; undefined: there is no such form. */
function lengthHead(
  length: number,
  short: readonly [tag: number, most: number],
  tags: readonly (number | undefined)[],
) {
  const [tag, most] = short;
  if (length <= most) return head(tag + length, 0, 0);
  const [one, two, four] = tags;
  if (one !== undefined && length < 0x100) return head(one, length, 1);
  if (two !== undefined && length < 0x1_0000) return head(two, length, 2);
  if (four !== undefined) return head(four, length, 4);
  throw new RangeError('too long');
}

/** Integers below zero have no use here. */
export function packValue(value: PackedValue): Buffer {
  if (value === null) return head(0xc0, 0, 0);
  if (typeof value === 'boolean') return head(value ? 0xc3 : 0xc2, 0, 0);
  if (typeof value === 'number') return packNumber(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    return Buffer.concat([lengthHead(bytes.length, [0xa0, 31], [0xd9, 0xda, 0xdb]), bytes]);
  }
  if (value instanceof Uint8Array) {
    return Buffer.concat([lengthHead(value.length, [0xc4, -1], [0xc4, 0xc5, 0xc6]), value]);
  }
  return Buffer.concat([lengthHead(value.length, [0x90, 15], [undefined, 0xdc, 0xdd]), ...value.map(packValue)]);
}

function packNumber(value: number): Buffer {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) {
    return lengthHead(value, [0, 127], [0xcc, 0xcd, 0xce]);
  }
  const buffer = Buffer.alloc(9);
  buffer.writeUInt8(0xcb, 0);
  buffer.writeDoubleBE(value, 1);
  return buffer;
}

/** Throws RangeError for what is no value, or more than one. */
export function unpackValue(bytes: Uint8Array): PackedValue {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const value = reader.next();
  if (!reader.isAtEnd) throw new RangeError('more than one value');
  return value;
}

class Reader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  next(): PackedValue {
    const tag = this.#number(1);
    if (tag < 0x80) return tag;
    if (tag >= 0x90 && tag < 0xa0) return this.#array(tag & 0x0f);
    if (tag >= 0xa0 && tag < 0xc0) return this.#text(tag & 0x1f);
    if (tag === 0xc0) return null;
    if (tag === 0xc2 || tag === 0xc3) return tag === 0xc3;
    if (tag >= 0xc4 && tag <= 0xc6) return Buffer.from(this.#take(this.#number(2 ** (tag - 0xc4))));
    if (tag === 0xca) return this.#take(4).readFloatBE();
    if (tag === 0xcb) return this.#take(8).readDoubleBE();
    if (tag >= 0xcc && tag <= 0xce) return this.#number(2 ** (tag - 0xcc));
    if (tag === 0xcf) return Number(this.#take(8).readBigUInt64BE());
    if (tag >= 0xd9 && tag <= 0xdb) return this.#text(this.#number(2 ** (tag - 0xd9)));
    if (tag === 0xdc || tag === 0xdd) return this.#array(this.#number(tag === 0xdc ? 2 : 4));
    throw new RangeError(`no value begins with ${tag}`);
  }

  #array(length: number): PackedValue[] {
    // Each has at least a byte.
    if (length > this.#bytes.length - this.#at) throw new RangeError('the array ends too soon');
    return Array.from({ length }, () => this.next());
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8');
  }

  #number(bytes: number): number {
    return this.#take(bytes).readUIntBE(0, bytes);
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new RangeError('the value ends too soon');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
