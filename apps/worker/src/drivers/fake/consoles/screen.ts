import { glyphOf } from './glyphs.js';

export const COLUMNS = 60;
export const ROWS = 25;
const CELL_WIDTH = 12;
const CELL_HEIGHT = 16;
export const WIDTH = COLUMNS * CELL_WIDTH;
export const HEIGHT = ROWS * CELL_HEIGHT;

/** The pixel format that a client requests (RFC 6143, 7.4). */
export interface PixelFormat {
  readonly bitsPerPixel: 8 | 16 | 32;
  readonly depth: number;
  readonly isBigEndian: boolean;
  readonly max: readonly [red: number, green: number, blue: number];
  readonly shift: readonly [red: number, green: number, blue: number];
}

export const NATIVE: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  isBigEndian: false,
  max: [255, 255, 255],
  shift: [16, 8, 0],
};

type Colour = readonly [red: number, green: number, blue: number];

const PAPER: Colour = [16, 18, 24];
const BAR: Colour = [38, 70, 120];
const INK: Colour = [222, 226, 232];

/** Parses a pixel format; undefined for one without true colours. */
export function readPixelFormat(bytes: Buffer): PixelFormat | undefined {
  const bits = bytes.readUInt8(0);
  if ((bits !== 8 && bits !== 16 && bits !== 32) || bytes.readUInt8(3) === 0) return undefined;
  return {
    bitsPerPixel: bits,
    depth: bytes.readUInt8(1),
    isBigEndian: bytes.readUInt8(2) !== 0,
    max: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
    shift: [bytes.readUInt8(10), bytes.readUInt8(11), bytes.readUInt8(12)],
  };
}

export function writePixelFormat({ bitsPerPixel, depth, isBigEndian, max, shift }: PixelFormat): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.set([bitsPerPixel, depth, isBigEndian ? 1 : 0, 1]);
  for (const [at, value] of max.entries()) bytes.writeUInt16BE(value, 4 + 2 * at);
  bytes.set(shift, 10);
  return bytes;
}

function pixelOf(colour: Colour, { bitsPerPixel, isBigEndian, max, shift }: PixelFormat): Buffer {
  const value = colour.reduce(
    (sum, part, at) => sum + Math.round((part * (max[at] ?? 0)) / 255) * 2 ** ((shift[at] ?? 0) % 32),
    0,
  );
  const size = bitsPerPixel / 8;
  const bytes = Buffer.alloc(size);
  const bounded = value % 2 ** bitsPerPixel;
  if (isBigEndian) bytes.writeUIntBE(bounded, 0, size);
  else bytes.writeUIntLE(bounded, 0, size);
  return bytes;
}

/** One row of text as pixels: dots are drawn twice as wide and twice as high. The first row is a bar. */
export function drawRow(text: string, row: number, format: PixelFormat): Buffer {
  const size = format.bitsPerPixel / 8;
  const ink = pixelOf(INK, format);
  const paper = pixelOf(row === 0 ? BAR : PAPER, format);
  const pixels = Buffer.alloc(WIDTH * CELL_HEIGHT * size, paper);
  for (let column = 0; column < Math.min(text.length, COLUMNS); column += 1) {
    for (const [x, dots] of glyphOf(text.charAt(column)).entries()) {
      for (let y = 0; y < 7; y += 1) {
        if (((dots >> y) & 1) === 0) continue;
        const left = column * CELL_WIDTH + x * 2;
        for (const line of [2 * y + 1, 2 * y + 2]) {
          const at = (line * WIDTH + left) * size;
          pixels.set(ink, at);
          pixels.set(ink, at + size);
        }
      }
    }
  }
  return pixels;
}

/** A rectangle of a FramebufferUpdate in raw encoding: one row of text. */
export function rowRectangle(text: string, row: number, format: PixelFormat): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(row * CELL_HEIGHT, 2);
  head.writeUInt16BE(WIDTH, 4);
  head.writeUInt16BE(CELL_HEIGHT, 6);
  return Buffer.concat([head, drawRow(text, row, format)]);
}
