import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** Reads a stream in pieces of a known length, and returns the stream together with the unread bytes. */
class ByteQueue {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Rejects when the stream ends before. */
  async take(length: number): Promise<Buffer> {
    for (;;) {
      const chunk = this.#stream.read(length) as Buffer | null;
      if (chunk !== null && chunk.length === length) return chunk;
      if (chunk !== null) this.#stream.unshift(chunk);
      if (this.#stream.readableEnded || this.#stream.destroyed || chunk !== null) {
        throw new Error('the other side has ended');
      }
      await new Promise<void>((resolve) => {
        const go = (): void => {
          for (const event of EVENTS) this.#stream.off(event, go);
          resolve();
        };
        for (const event of EVENTS) this.#stream.once(event, go);
      });
    }
  }

  write(bytes: Buffer | string): void {
    this.#stream.write(bytes);
  }
}

const EVENTS = ['readable', 'end', 'close', 'error'] as const;

const VERSION = 'RFB 003.008\n';
const INVALID = 0;
const NONE = 1;
const VENCRYPT = 19;
/** Sub-type of VeNCrypt: TLS with certificates only. */
const X509_NONE = 260;

/** How the proxy may authenticate to guests; files are PEM. */
export interface RfbSecurity {
  readonly schemes: readonly ('none' | 'vencrypt')[];
  readonly key: string | undefined;
  readonly cert: string | undefined;
  readonly ca: string | undefined;
}

/**
 * The handshake of RFB on both sides, as in nova's security proxy: the proxy authenticates to the guest with the best
 * scheme that both support, the client sees `None`. Returns the rest of the guest's stream, with the security result
 * first.
 */
export async function secureRfb(client: Duplex, guest: Socket, security: RfbSecurity): Promise<Duplex> {
  const toClient = new ByteQueue(client);
  const toGuest = new ByteQueue(guest);
  const version = (await toGuest.take(12)).toString('latin1');
  if (version !== VERSION) throw new Error(`the guest speaks ${JSON.stringify(version.trim())}, expected RFB 3.8`);
  toClient.write(VERSION);
  const asked = (await toClient.take(12)).toString('latin1');
  if (asked !== VERSION) throw new Error(`the client speaks ${JSON.stringify(asked.trim())}, expected RFB 3.8`);
  toGuest.write(VERSION);
  const [count = 0] = await toGuest.take(1);
  if (count === 0) {
    const length = (await toGuest.take(4)).readUInt32BE();
    const reason = (await toGuest.take(Math.min(length, 1_024))).toString();
    toClient.write(refusal(reason));
    throw new Error(`the guest refuses the connection: ${reason}`);
  }
  const offered = new Set(await toGuest.take(count));
  const scheme = security.schemes.find((name) => offered.has(name === 'none' ? NONE : VENCRYPT));
  if (scheme === undefined) {
    toClient.write(refusal('No compute auth available'));
    throw new Error(`the guest offers the security types ${[...offered].join(', ')}, none of [vnc] auth_schemes`);
  }
  toClient.write(Buffer.from([1, NONE]));
  const [chosen = INVALID] = await toClient.take(1);
  if (chosen !== NONE) throw new Error(`the client chose the security type ${chosen}, which was not offered`);
  if (scheme === 'none') {
    toGuest.write(Buffer.from([NONE]));
    return guest;
  }
  toGuest.write(Buffer.from([VENCRYPT]));
  return encrypted(guest, toGuest, security);
}

function refusal(reason: string): Buffer {
  const text = Buffer.from(reason);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([Buffer.from([0]), length, text]);
}

/** VeNCrypt 0.2 with X509None. */
async function encrypted(guest: Socket, toGuest: ByteQueue, { key, cert, ca }: RfbSecurity): Promise<Duplex> {
  const [major = 0, minor = 0] = await toGuest.take(2);
  if (major !== 0 || minor !== 2) throw new Error(`the guest speaks VeNCrypt ${major}.${minor}, expected 0.2`);
  toGuest.write(Buffer.from([0, 2]));
  if ((await toGuest.take(1))[0] !== 0) throw new Error('the guest refuses VeNCrypt 0.2');
  const [count = 0] = await toGuest.take(1);
  const types = await toGuest.take(4 * count);
  const offered = Array.from({ length: count }, (_, at) => types.readUInt32BE(4 * at));
  if (!offered.includes(X509_NONE)) throw new Error(`the guest offers the VeNCrypt types ${offered.join(', ')}`);
  const choice = Buffer.alloc(4);
  choice.writeUInt32BE(X509_NONE);
  toGuest.write(choice);
  if ((await toGuest.take(1))[0] !== 1) throw new Error('the guest refuses X509None');
  const files = {
    ...(key !== undefined && { key: readFileSync(key) }),
    ...(cert !== undefined && { cert: readFileSync(cert) }),
    ...(ca !== undefined && { ca: readFileSync(ca) }),
  };
  const secured = connect({ socket: guest, ...files, checkServerIdentity: () => undefined });
  await new Promise<void>((resolve, reject) => {
    secured.once('secureConnect', resolve).once('error', reject);
  });
  return secured;
}
