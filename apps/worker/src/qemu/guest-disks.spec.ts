import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GuestDisks } from './guest-disks.js';
import { GuestFolder } from './guest-folder.js';
import type { GuestRecord } from './guest-folder.js';
import type { GuestSources } from './guest-sources.js';
import { ImageCache } from './image-cache.js';
import { ImageTool } from './image-tool.js';
import type { ImageInfo } from './image-tool.js';
import { guestRecord } from './testing/guest-record.js';

const GIB = 1024 ** 3;

/** Records sizes instead of creating files. */
class NotedImages extends ImageTool {
  readonly sizes = new Map<string, number>([['/x/disk', GIB]]);

  override async info(path: string, format: string): Promise<ImageInfo> {
    return { format, virtualSize: this.sizes.get(path) ?? 0, backingFile: undefined, dataFile: undefined };
  }

  override async create(path: string, size: number | undefined): Promise<void> {
    this.sizes.set(path, size ?? 0);
  }
}

const nothing = (): Promise<never> => Promise.reject(new Error('not asked here'));
const sources: GuestSources = { images: { describe: nothing, open: nothing }, metadata: nothing, nics: nothing };

const rootOf = ({ disks }: GuestRecord): string => disks.find(({ role }) => role === 'root')?.path ?? '';

describe('the root disk of a guest that is resized', () => {
  let directory: string;
  let folder: GuestFolder;
  let disks: GuestDisks;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'albireo-disks-'));
    const tool = new NotedImages('qemu-img');
    folder = new GuestFolder(directory, guestRecord().id);
    disks = new GuestDisks(new ImageCache(directory, sources.images, tool), tool, sources);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const resized = async (record: GuestRecord, disk: number): Promise<GuestRecord> => {
    const sized = await disks.resize(folder, record, disk);
    return { ...sized, flavor: { ...record.flavor, id: String(disk), disk } };
  };

  it('is the one before again after a revert', async () => {
    const larger = await resized(guestRecord(), 2);
    assert.equal(rootOf(larger), folder.file('disk.2'));
    const back = await resized(larger, 1);
    assert.deepEqual([rootOf(back), back.diskBeforeResize], ['/x/disk', null]);
  });

  it('keeps what was written when it is resized again after a confirmation, or after a resize that failed', async () => {
    const larger = await resized(guestRecord(), 2);
    for (const first of [{ ...larger, diskBeforeResize: null }, larger]) {
      const again = await resized(first, 3);
      assert.deepEqual([rootOf(again), again.diskBeforeResize?.path], [folder.file('disk.3'), folder.file('disk.2')]);
      const same = await resized(first, 2);
      assert.deepEqual([rootOf(same), same.diskBeforeResize], [folder.file('disk.2'), null]);
    }
  });
});
