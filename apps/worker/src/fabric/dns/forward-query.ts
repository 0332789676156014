import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect } from 'node:net';

const TIMEOUT_MS = 3_000;
/** The most queries of guests that wait for other servers at the same time; more are refused. */
const MOST_WAITING = 256;
let waiting = 0;

/**
 * Forwards a query to this machine's name servers, over the same transport. Null if there are none, if none answers in
 * time, or if too many queries wait. Accepts only answers from the queried server, with the id of the query.
 */
export async function forwardQuery(packet: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | null> {
  if (waiting >= MOST_WAITING) return null;
  waiting += 1;
  try {
    for (const server of getServers().slice(0, 2)) {
      const match = /^\[(.*)\]:(\d+)$/.exec(server) ?? /^([^:]*):(\d+)$/.exec(server);
      const address = match?.[1] ?? server;
      const port = Number(match?.[2] ?? 53);
      const answer = await (transport === 'udp' ? askByUdp(packet, address, port) : askByTcp(packet, address, port));
      if (answer !== null) return answer;
    }
    return null;
  } finally {
    waiting -= 1;
  }
}

function askByUdp(packet: Buffer, address: string, port: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const end = (answer: Buffer | null): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => end(null), TIMEOUT_MS);
    socket.on('error', () => end(null));
    socket.on('message', (answer: Buffer) => {
      if (answer.length >= 12 && answer.subarray(0, 2).equals(packet.subarray(0, 2))) end(answer);
    });
    // Connected: the system drops packets from other senders.
    socket.connect(port, address, () => socket.send(packet));
  });
}

function askByTcp(packet: Buffer, address: string, port: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: TIMEOUT_MS });
    let received = Buffer.alloc(0);
    const end = (answer: Buffer | null): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => socket.write(withLength(packet)));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        end(received.subarray(2, 2 + received.readUInt16BE(0)));
      }
    });
    socket.on('timeout', () => end(null));
    socket.on('error', () => end(null));
    socket.on('close', () => end(null));
  });
}

/** A message in TCP's format, with its length. */
export function withLength(packet: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length);
  return Buffer.concat([length, packet]);
}
