/** The fields of a request that a server reads (RFC 2131). */
export interface DhcpRequest {
  /** The packet, from which the answer is built. */
  readonly packet: Buffer;
  readonly macAddress: string;
  /** The address that the client already has; null: none. */
  readonly clientAddress: string | null;
  readonly type: number;
  readonly options: ReadonlyMap<number, Buffer>;
}

export const DHCP = { DISCOVER: 1, OFFER: 2, REQUEST: 3, DECLINE: 4, ACK: 5, NAK: 6, RELEASE: 7, INFORM: 8 } as const;

const COOKIE = Buffer.from([99, 130, 83, 99]);
const HEADER = 240;

/** Parses a request from a client on the network itself; null for anything else. */
export function readRequest(packet: Buffer): DhcpRequest | null {
  const isRequest = packet[0] === 1 && packet[1] === 1 && packet[2] === 6;
  if (packet.length < HEADER || !isRequest || !packet.subarray(236, HEADER).equals(COOKIE)) return null;
  // A relay forwards requests of other networks; a guest network has none.
  if (packet.readUInt32BE(24) !== 0) return null;
  const options = readOptions(packet);
  const type = options.get(53)?.[0];
  if (type === undefined) return null;
  const macAddress = [...packet.subarray(28, 34)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  const clientAddress = packet.readUInt32BE(12) === 0 ? null : addressAt(packet, 12);
  return { packet, macAddress, clientAddress, type, options };
}

function readOptions(packet: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = HEADER; at < packet.length;) {
    const code = packet[at] ?? 255;
    if (code === 255) break;
    if (code === 0) {
      at += 1;
      continue;
    }
    const length = packet[at + 1] ?? 0;
    const value = packet.subarray(at + 2, at + 2 + length);
    if (value.length === length) options.set(code, value);
    at += 2 + length;
  }
  return options;
}

export function addressAt(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.');
}

export function addressBytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

export interface DhcpAnswer {
  readonly type: number;
  /** null: for a NAK, or for a client that already has an address. */
  readonly address: string | null;
  readonly server: string;
  /** The server of the boot program; null: this server. */
  readonly nextServer: string | null;
  readonly options: ReadonlyMap<number, Buffer>;
}

/** The minimum size that a BOOTP client accepts. */
const LEAST = 300;

/** Writes the answer to a request. Options longer than 255 bytes are split (RFC 3396). */
export function writeAnswer(request: DhcpRequest, { type, address, server, nextServer, options }: DhcpAnswer): Buffer {
  const header = Buffer.alloc(HEADER);
  header[0] = 2;
  header[1] = 1;
  header[2] = 6;
  request.packet.copy(header, 4, 4, 8);
  request.packet.copy(header, 10, 10, 12);
  if (type !== DHCP.NAK && request.clientAddress !== null) addressBytes(request.clientAddress).copy(header, 12);
  if (address !== null) addressBytes(address).copy(header, 16);
  addressBytes(nextServer ?? server).copy(header, 20);
  request.packet.copy(header, 28, 28, 44);
  COOKIE.copy(header, 236);
  const parts = [header, option(53, Buffer.from([type])), option(54, addressBytes(server))];
  for (const [code, value] of options) {
    for (let at = 0; at === 0 || at < value.length; at += 255) parts.push(option(code, value.subarray(at, at + 255)));
  }
  const packet = Buffer.concat([...parts, Buffer.from([255])]);
  return packet.length >= LEAST ? packet : Buffer.concat([packet, Buffer.alloc(LEAST - packet.length)]);
}

function option(code: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code, value.length]), value]);
}
