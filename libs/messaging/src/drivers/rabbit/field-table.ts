function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function integer(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = 0x6c;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = 0x64;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function sized(tag: string, content: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(5 + content.length);
  bytes.write(tag, 0, 'latin1');
  bytes.writeUInt32BE(content.length, 1);
  content.copy(bytes, 5);
  return bytes;
}

function encodeValue(value: unknown): Buffer {
  if (typeof value === 'string') return sized('S', Buffer.from(value));
  if (typeof value === 'boolean') return Buffer.from([0x74, value ? 1 : 0]);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? integer(value) : double(value);
  if (value === null || value === undefined) return Buffer.from('V');
  if (Buffer.isBuffer(value)) return sized('x', value);
  if (Array.isArray(value)) return sized('A', Buffer.concat(value.map(encodeValue)));
  if (typeof value === 'bigint') return integer(Number(value));
  // A function or a symbol has no form on the wire.
  if (!isRecord(value)) return Buffer.from('V');
  const { '!': kind, value: inner } = value;
  if (kind === 'timestamp' && typeof inner === 'number') {
    const bytes = integer(inner);
    bytes[0] = 0x54;
    return bytes;
  }
  // amqplib reads sized numbers as { '!': type, value }: the number is what counts.
  if (typeof kind === 'string' && typeof inner === 'number') return encodeValue(inner);
  return sized('F', encodeEntries(value));
}

/** The entries of an AMQP field table without its length (RabbitMQ's types). */
export function encodeEntries(table: Readonly<Record<string, unknown>>): Buffer {
  const parts: Buffer[] = [];
  for (const [key, value] of Object.entries(table)) {
    const name = Buffer.from(key);
    if (value === undefined || name.length > 255) continue;
    parts.push(Buffer.from([name.length]), name, encodeValue(value));
  }
  return Buffer.concat(parts);
}
