import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { FileStore, ImageStores, Measured, TooManyBytes } from './index.js';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('the store file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-file-store-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const store = new FileStore(join(directory, 'images'));

  it('keeps objects whole or not at all, for its owner alone', async () => {
    const key = randomUUID();
    await store.write(key, chunks('ab', 'cd'));
    assert.equal(statSync(join(directory, 'images', key)).mode & 0o777, 0o600);
    assert.equal(Buffer.concat(await (await store.read(key)).toArray()).toString(), 'abcd');
    const broken = randomUUID();
    async function* breaks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('ab');
      throw new Error('the line is dead');
    }
    await assert.rejects(store.write(broken, breaks()), /the line is dead/);
    assert.deepEqual(readdirSync(join(directory, 'images', 'incoming')), []);
    await assert.rejects(store.read(broken), { code: 'ObjectMissing' });
    await store.remove(key);
    await store.remove(key);
    await assert.rejects(store.read(key), { code: 'ObjectMissing' });
  });

  it('is never led out of its directory, and says when it cannot write', async () => {
    await assert.rejects(store.read('../secret'), TypeError);
    await assert.rejects(store.write('../secret', chunks('x')), TypeError);
    const file = join(directory, 'a-file');
    await new FileStore(directory).remove(randomUUID());
    await store.write(randomUUID(), chunks('x'));
    chmodSync(directory, 0o700);
    const blocked = new FileStore(join(directory, 'images', readdirSync(join(directory, 'images'))[0] ?? file, 'x'));
    await assert.rejects(blocked.write(randomUUID(), chunks('x')), { code: 'StoreUnavailable' });
  });
});

describe('measured bytes', () => {
  const measure = async (bytes: Uint8Array, limit = 1e6) => {
    const measured = new Measured(new Blob([bytes]).stream(), limit);
    for await (const _chunk of measured);
    return measured.finish();
  };

  it('have a size, digests and a limit', async () => {
    const { size, checksum, os_hash_value: hash } = await measure(Buffer.from('abc'));
    assert.deepEqual([size, checksum, hash.slice(0, 8)], [3, '900150983cd24fb0d6963f7d28e17f72', 'ddaf35a1']);
    await assert.rejects(measure(Buffer.from('abcd'), 3), TooManyBytes);
  });

  it('tell the formats of disks by their first bytes', async () => {
    const of = async (build: (bytes: Buffer) => void, length = 40_000) => {
      const bytes = Buffer.alloc(length);
      build(bytes);
      const { format, virtualSize, danger } = (await measure(bytes)).disk;
      return [format, virtualSize, danger];
    };
    const qcow2 = (bytes: Buffer): void => {
      bytes.write('QFI\xfb', 'latin1');
      bytes.writeUInt32BE(3, 4);
      bytes.writeBigUInt64BE(4096n, 24);
    };
    assert.deepEqual(await of(qcow2), ['qcow2', 4096, undefined]);
    const backed = await of((bytes) => {
      qcow2(bytes);
      bytes.writeBigUInt64BE(100n, 8);
    });
    assert.match(String(backed[2]), /backing file/);
    const split = await of((bytes) => {
      qcow2(bytes);
      bytes.writeBigUInt64BE(4n, 72);
    });
    assert.match(String(split[2]), /data file/);
    assert.deepEqual(await of((bytes) => bytes.write('CD001', 32_769)), ['iso', 40_000, undefined]);
    assert.deepEqual((await of((bytes) => bytes.write('vhdxfile')))[0], 'vhdx');
    assert.deepEqual(await of(() => undefined, 10), [undefined, 10, undefined]);
  });
});

it('a default store is one of the stores', () => {
  const file = new FileStore('/nowhere');
  assert.equal(new ImageStores([file]).default, file);
  assert.equal(new ImageStores([file]).find('s3'), undefined);
  assert.throws(() => new ImageStores([file], 's3'), /default_store: s3 is no store that takes data/);
});
