import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, describe, it } from 'node:test';
import { ImageCache } from './image-cache.js';
import { ImageTool } from './image-tool.js';
import { findProgram } from './program-fault.js';

const program = findProgram('qemu-img');
const skip = program === undefined ? 'qemu-img is not installed' : false;

/** A cache of one image, whose data comes from a file. */
function cacheOf(directory: string, data: Buffer, diskFormat: string, size: number = data.byteLength): ImageCache {
  const checksum = size === data.byteLength ? createHash('md5').update(data).digest('hex') : null;
  const images = {
    describe: async () => ({ diskFormat, properties: {} }),
    open: async () => ({ size, checksum, read: async () => Readable.from([data.subarray(0, 10), data.subarray(10)]) }),
  };
  return new ImageCache(directory, images, new ImageTool(program ?? ''));
}

describe('the cache of images', { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-cache-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const { signal } = new AbortController();
  const tool = new ImageTool(program ?? '');
  let serial = 0;
  const refused = async (data: Buffer, format: string, pattern: RegExp, size?: number): Promise<void> => {
    const place = join(directory, String((serial += 1)));
    const cache = cacheOf(place, data, format, size);
    await assert.rejects(cache.disk('the-image', signal), (error: Error & { status?: number }) => {
      assert.equal(error.name, 'ImageUnacceptable');
      assert.match(error.message, pattern);
      assert.equal(error.status, 400);
      return true;
    });
    assert.deepEqual(readdirSync(join(place, '_base')), [], 'nothing of it is left');
  };

  it('keeps an image once it is whole, and reads it once', async () => {
    const data = randomBytes(100_000);
    const cache = cacheOf(join(directory, 'raw'), data, 'raw');
    const [first, second] = await Promise.all([cache.disk('the-image', signal), cache.disk('the-image', signal)]);
    assert.deepEqual([first, first.format, first.virtualSize >= 100_000], [second, 'raw', true]);
    assert.equal(readFileSync(first.path).compare(data), 0);
    const name = createHash('sha1').update('the-image').digest('hex');
    assert.deepEqual(readdirSync(join(directory, 'raw', '_base')).toSorted(), [name, `${name}.json`]);
    assert.deepEqual(await cache.disk('the-image', signal), first);
    await cache.sweep(new Set([first.path]), 0);
    assert.equal((await cache.disk('the-image', signal)).path, first.path);
    await cache.sweep(new Set(), -1);
    assert.deepEqual(readdirSync(join(directory, 'raw', '_base')), []);
  });

  it('refuses what is cut off, damaged, of another format, or leads to other files', async () => {
    const raw = join(directory, 'source.raw');
    const whole = join(directory, 'whole.qcow2');
    writeFileSync(raw, randomBytes(1_000_000));
    await tool.convert(raw, 'raw', whole, 'qcow2');
    const data = readFileSync(whole);
    await refused(data, 'raw', /Image content does not match disk_format/);
    await refused(Buffer.from('no disk at all'), 'qcow2', /Image content does not match disk_format/);
    await refused(data, 'ploop', /Image not in a supported format/);
    await refused(data.subarray(0, 300_000), 'qcow2', /the data is not whole: 300000 of \d+ bytes/, data.byteLength);
    await refused(data, 'qcow2', /longer than the image says/, 1_000);
    truncateSync(whole, 400_000);
    await refused(readFileSync(whole), 'qcow2', /the image is damaged or not whole/);
    const backed = join(directory, 'backed.qcow2');
    await tool.create(backed, undefined, { path: raw, format: 'raw' });
    await refused(readFileSync(backed), 'qcow2', /Image does not pass safety check/);
    const header = join(directory, 'header.qcow2');
    writeFileSync(header, data);
    const file = openSync(header, 'r+');
    writeSync(file, Buffer.alloc(64, 0xff), 0, 64, 40);
    closeSync(file);
    await refused(readFileSync(header), 'qcow2', /safety check|parsing failed|damaged/);
  });
});
