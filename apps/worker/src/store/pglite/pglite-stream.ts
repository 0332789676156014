import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import { getLogger } from '#libs/telemetry';
import { valueParsers } from '../postgres/value-parsers.js';

const log = getLogger('albireo.store');

/** First byte of the protocol's Terminate message. */
const TERMINATE = 0x58;

type Written = (error?: Error | null) => void;

/**
 * PGlite as a replacement for a socket: everything that pg's client writes in one event-loop turn goes to the database
 * in one message.
 */
class PgliteStream extends Duplex {
  constructor(readonly database: PGlite) {
    super();
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: Written): void {
    this.#exchange(chunk).then(() => written(), written);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], written: Written): void {
    this.#exchange(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => written(), written);
  }

  async #exchange(message: Buffer): Promise<void> {
    if (message[0] === TERMINATE) {
      this.push(null);
      return;
    }
    const parts: Buffer[] = [];
    // execProtocolRaw would also parse every answer, and keep the result as long as the database lives. The memory of a
    // part belongs to the database, which reuses it.
    const onRawData = (part: Uint8Array): void => void parts.push(Buffer.from(part));
    await this.database.runExclusive(() => this.database.execProtocolRawStream(message, { onRawData }));
    if (parts.length > 0) this.push(Buffer.concat(parts));
  }
}

/**
 * Connects pg's client to PGlite as if it were a server: with named statements it plans each of the worker's statements
 * once.
 */
export async function connectEmbedded(database: PGlite): Promise<Client> {
  const client = new Client({
    stream: () => new PgliteStream(database),
    user: 'postgres',
    database: 'postgres',
    types: valueParsers,
  });
  client.on('error', (error) => log.error(`The embedded database has failed: ${error.message}`));
  await client.connect();
  return client;
}
