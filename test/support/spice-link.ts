import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** What a SPICE server answers to a client of its main channel. */
export interface SpiceWelcome {
  /** SPICE_LINK_ERR_…; 0: the link is made. */
  readonly linkError: number;
  /** Of the ticket; 0: let in. */
  readonly ticketError: number;
  /** Of the first message; 103 is SPICE_MSG_MAIN_INIT. */
  readonly firstMessage: number;
}

const MAIN_CHANNEL = 1;
const HEADER = 16;
const PUBLIC_KEY = 162;

/** Links to the main channel without a password, as the protocol's "Link" and "Ticket" say (spice-protocol, version 2.2). */
export async function spiceWelcome(socket: WebSocket | Socket): Promise<SpiceWelcome> {
  const send = (data: Buffer): void => void ('write' in socket ? socket.write(data) : socket.send(data));
  const read = reader(socket);
  const link = Buffer.alloc(HEADER + 18);
  link.write('REDQ');
  link.writeUInt32LE(2, 4);
  link.writeUInt32LE(2, 8);
  link.writeUInt32LE(18, 12);
  link.writeUInt8(MAIN_CHANNEL, HEADER + 4);
  link.writeUInt32LE(18, HEADER + 14);
  send(link);
  const head = await read(HEADER);
  if (head.toString('latin1', 0, 4) !== 'REDQ') throw new Error(`no SPICE server: ${head.toString('hex')}`);
  const reply = await read(head.readUInt32LE(12));
  const linkError = reply.readUInt32LE(0);
  if (linkError !== 0) return { linkError, ticketError: -1, firstMessage: -1 };
  const key = createPublicKey({ key: reply.subarray(4, 4 + PUBLIC_KEY), format: 'der', type: 'spki' });
  send(publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from('\0')));
  const ticketError = (await read(4)).readUInt32LE(0);
  // Serial number, type, size and list of sub-messages.
  const firstMessage = (await read(18)).readUInt16LE(8);
  return { linkError, ticketError, firstMessage };
}

/** Answers so many bytes of what comes, once they are there. */
function reader(socket: WebSocket | Socket): (bytes: number) => Promise<Buffer> {
  let held = Buffer.alloc(0);
  let wake = (): void => undefined;
  let isClosed = false;
  const take = (data: Buffer): void => {
    held = Buffer.concat([held, data]);
    wake();
  };
  const close = (): void => {
    isClosed = true;
    wake();
  };
  if ('write' in socket) socket.on('data', take).once('close', close);
  else socket.on('message', take).once('close', close);
  return async (bytes) => {
    while (held.length < bytes) {
      if (isClosed) throw new Error(`closed after ${held.length} of ${bytes} bytes`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const taken = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return taken;
  };
}
