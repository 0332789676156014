import type { Socket } from 'node:net';

const MAGIC = Buffer.from('REDQ');
/** SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE of spice-protocol's error_codes.h. */
const CHANNEL_NOT_AVAILABLE = 8;
const HEADER = 16;
const REPLY = 178;

/** A SPICE server without channels: it answers the link message of a client with that, and ends. */
export function refuseSpice(socket: Socket): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    if (held.length < HEADER) return;
    if (!held.subarray(0, 4).equals(MAGIC)) {
      socket.destroy();
      return;
    }
    const answer = Buffer.alloc(HEADER + REPLY);
    MAGIC.copy(answer);
    answer.writeUInt32LE(2, 4);
    answer.writeUInt32LE(2, 8);
    answer.writeUInt32LE(REPLY, 12);
    answer.writeUInt32LE(CHANNEL_NOT_AVAILABLE, HEADER);
    socket.end(answer);
  });
}
