import type { Socket } from 'node:net';
import type { PixelFormat } from './screen.js';
import { COLUMNS, HEIGHT, NATIVE, readPixelFormat, rowRectangle, ROWS, WIDTH, writePixelFormat } from './screen.js';
import type { Terminal } from './terminal.js';

/** Reads a stream in pieces of known length; rejects if it ends too early. */
export class ByteReader {
  readonly #socket: Socket;
  #held: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #isOver = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
      // Limits the memory for unread data.
      if (this.#held.length > 65_536) socket.pause();
      this.#wake();
    });
    const end = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    socket.on('end', end).on('close', end).on('error', end);
  }

  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length) {
      if (this.#isOver) throw new Error('the other side has ended');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    if (this.#held.length <= 65_536) this.#socket.resume();
    return taken;
  }
}

const MAX_CUT_TEXT = 65_536;
const ENTER = 0xff0d;
const BACKSPACE = 0xff08;

/** Serves a client of a screen (RFC 6143): security type None, raw encoding, only rows that have changed. */
export class RfbSession {
  readonly #socket: Socket;
  readonly #reader: ByteReader;
  readonly #name: string;
  readonly #terminal: Terminal;
  /** The text in the bar. */
  readonly #title: () => string;
  #format: PixelFormat = NATIVE;
  #shown: (string | undefined)[] = [];
  #isWanted = false;

  constructor(socket: Socket, name: string, terminal: Terminal, title: () => string) {
    this.#socket = socket;
    this.#reader = new ByteReader(socket);
    this.#name = name;
    this.#terminal = terminal;
    this.#title = title;
  }

  /** Runs until the client ends; rejects for a client that does not speak RFB. */
  async run(): Promise<void> {
    await this.#shakeHands();
    for (;;) await this.#message();
  }

  /** Called when the screen may have changed. */
  refresh(): void {
    if (!this.#isWanted) return;
    const rows = this.#rows();
    const changed = rows.flatMap((text, row) => (text === this.#shown[row] ? [] : [row]));
    if (changed.length === 0) return;
    const head = Buffer.alloc(4);
    head.writeUInt16BE(changed.length, 2);
    this.#socket.write(
      Buffer.concat([head, ...changed.map((row) => rowRectangle(rows[row] ?? '', row, this.#format))]),
    );
    this.#shown = rows;
    this.#isWanted = false;
  }

  #rows(): string[] {
    const lines = this.#terminal.lines.flatMap((line) => wrapped(line)).slice(-(ROWS - 1));
    return [this.#title(), ...lines, ...Array.from<string>({ length: ROWS - 1 - lines.length }).fill('')];
  }

  async #shakeHands(): Promise<void> {
    this.#socket.write('RFB 003.008\n');
    const version = (await this.#reader.take(12)).toString('latin1');
    if (!/^RFB 003\.00[378]\n$/.test(version)) throw new Error('no version of RFB');
    if (version === 'RFB 003.003\n') {
      this.#socket.write(Buffer.from([0, 0, 0, 1]));
    } else {
      this.#socket.write(Buffer.from([1, 1]));
      const [chosen] = await this.#reader.take(1);
      if (chosen !== 1) throw new Error('a security type that was not offered');
      if (version === 'RFB 003.008\n') this.#socket.write(Buffer.alloc(4));
    }
    await this.#reader.take(1);
    const name = Buffer.from(this.#name);
    const size = Buffer.alloc(4);
    size.writeUInt16BE(WIDTH, 0);
    size.writeUInt16BE(HEIGHT, 2);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    this.#socket.write(Buffer.concat([size, writePixelFormat(NATIVE), length, name]));
  }

  async #message(): Promise<void> {
    const [type] = await this.#reader.take(1);
    switch (type) {
      case 0: {
        const format = readPixelFormat((await this.#reader.take(19)).subarray(3));
        if (format === undefined) throw new Error('a pixel format that is not of true colours');
        this.#format = format;
        this.#shown = [];
        return;
      }
      case 2: {
        const count = (await this.#reader.take(3)).readUInt16BE(1);
        await this.#reader.take(4 * count);
        return;
      }
      case 3: {
        const request = await this.#reader.take(9);
        if (request.readUInt8(0) === 0) this.#shown = [];
        this.#isWanted = true;
        return this.refresh();
      }
      case 4:
        return this.#key(await this.#reader.take(7));
      case 5:
        await this.#reader.take(5);
        return;
      case 6: {
        const length = (await this.#reader.take(7)).readUInt32BE(3);
        if (length > MAX_CUT_TEXT) throw new Error('too much text at once');
        await this.#reader.take(length);
        return;
      }
      default:
        throw new Error('an unknown message');
    }
  }

  #key(message: Buffer): void {
    if (message.readUInt8(0) === 0) return;
    const key = message.readUInt32BE(3);
    if (key === ENTER) this.#terminal.type('\r');
    else if (key === BACKSPACE) this.#terminal.type('\b');
    else if (key >= 0x20 && key < 0x7f) this.#terminal.type(String.fromCharCode(key));
    this.refresh();
  }
}

function wrapped(line: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < line.length; at += COLUMNS) parts.push(line.slice(at, at + COLUMNS));
  return parts;
}
