import { parseAddress } from '../../network/ipam/address.js';
import type { GuestNetworkState } from '../state/host-network.js';

const TYPE = { A: 1, PTR: 12, AAAA: 28, ANY: 255 };
const IN = 1;
const NXDOMAIN = 3;
const REFUSED = 5;
const TTL = 60;
const HEADER = 12;

interface Question {
  /** In lower case, without the final dot. */
  readonly name: string;
  readonly type: number;
  /** Its bytes, which the answer repeats. */
  readonly bytes: Buffer;
}

/** Parses a query with one question; null for anything else. */
export function readQuestion(packet: Buffer): Question | null {
  if (packet.length < HEADER || (packet.readUInt16BE(2) & 0xf800) !== 0 || packet.readUInt16BE(4) !== 1) return null;
  const labels: string[] = [];
  let at = HEADER;
  for (;;) {
    const length = packet[at];
    if (length === undefined || length > 63) return null;
    at += 1;
    if (length === 0) break;
    labels.push(
      packet
        .subarray(at, at + length)
        .toString('latin1')
        .toLowerCase(),
    );
    at += length;
  }
  if (at + 4 > packet.length || packet.readUInt16BE(at + 2) !== IN) return null;
  return { name: labels.join('.'), type: packet.readUInt16BE(at), bytes: packet.subarray(HEADER, at + 4) };
}

/**
 * Answers from a network's own records: the names of its ports with or without its domain, the name `host-10-0-0-5` of
 * every address, and the reverse names of its addresses. Null if another server has to answer.
 */
export function answerLocally(
  packet: Buffer,
  question: Question,
  network: GuestNetworkState,
  domain: string,
): Buffer | null {
  const suffix = (network.dnsDomain || domain).replace(/\.$/, '').toLowerCase();
  const { name, type } = question;
  if (type === TYPE.PTR) {
    const address = addressOfPointer(name);
    const isOwn = address !== null && isOnNetwork(network, address);
    if (!isOwn) return null;
    const found = network.dnsRecords.find((record) => record.address === address)?.name ?? hostName(address);
    return reply(packet, question, [{ type: TYPE.PTR, data: nameBytes(suffix === '' ? found : `${found}.${suffix}`) }]);
  }
  const isBelow = suffix !== '' && name.endsWith(`.${suffix}`);
  const host = isBelow ? name.slice(0, -suffix.length - 1) : name;
  if (!isBelow && name.includes('.')) return null;
  const known = network.dnsRecords.filter((record) => record.name.toLowerCase() === host).map(({ address }) => address);
  const addresses = known.length > 0 ? known : namedAddress(network, host);
  if (addresses.length === 0) return reply(packet, question, [], NXDOMAIN);
  const records = addresses.flatMap((text) => {
    const address = parseAddress(text);
    if (address === null) return [];
    const own = address.version === 4 ? TYPE.A : TYPE.AAAA;
    if (type !== own && type !== TYPE.ANY) return [];
    const digits = address.version === 4 ? 8 : 32;
    return [{ type: own, data: Buffer.from(address.value.toString(16).padStart(digits, '0'), 'hex') }];
  });
  return reply(packet, question, records);
}

/** The answer if no name server can be asked. */
export function refusal(packet: Buffer, question: Question): Buffer {
  return reply(packet, question, [], REFUSED);
}

function namedAddress(network: GuestNetworkState, host: string): readonly string[] {
  const match = /^host-([0-9a-f-]+)$/.exec(host);
  if (match === null) return [];
  const address = parseAddress((match[1] ?? '').replaceAll('-', '.'));
  const text = (match[1] ?? '').replaceAll('-', '.');
  return address !== null && isOnNetwork(network, text) ? [text] : [];
}

const hostName = (address: string): string => `host-${address.replaceAll(/[.:]/g, '-')}`;

function isOnNetwork(network: GuestNetworkState, address: string): boolean {
  return network.dnsRecords.some((record) => record.address === address);
}

/** `4.3.2.1.in-addr.arpa` → `1.2.3.4` */
function addressOfPointer(name: string): string | null {
  const match = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name);
  return match === null ? null : (match[1] ?? '').split('.').slice(0, 4).toReversed().join('.');
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(label).subarray(0, 63));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0])]);
}

function reply(
  packet: Buffer,
  question: Question,
  records: readonly { readonly type: number; readonly data: Buffer }[],
  code = 0,
): Buffer {
  const header = Buffer.alloc(HEADER);
  packet.copy(header, 0, 0, 2);
  // A response, authoritative, recursion available; the recursion-desired flag is copied.
  header.writeUInt16BE(0x8480 | (packet.readUInt16BE(2) & 0x0100) | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const parts = records.map(({ type, data }) => {
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc000 | HEADER, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(IN, 4);
    head.writeUInt32BE(TTL, 6);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([header, question.bytes, ...parts]);
}
