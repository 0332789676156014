import { rename, rm } from 'node:fs/promises';
import type { GuestDescription } from '../drivers/virt-driver.js';
import { GuestError } from './guest.errors.js';
import type { DirectKernel, GuestDisk, GuestFolder, GuestRecord } from './guest-folder.js';
import type { GuestSources } from './guest-sources.js';
import type { CachedImage, ImageCache } from './image-cache.js';
import type { ImageTool } from './image-tool.js';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** The default command line for an image's own kernel, as nova's. */
const DEFAULT_ROOT = 'root=/dev/vda console=tty0 console=ttyS0 no_timer_check';

/** The disks of guests: overlays on cached images, and empty disks. */
export class GuestDisks {
  constructor(
    private readonly cache: ImageCache,
    private readonly tool: ImageTool,
    private readonly sources: GuestSources,
  ) {}

  /**
   * Creates the disks of a new guest. May be repeated. Errors: those of the cache, and GuestError
   * FlavorDiskSmallerThanImage.
   */
  async make(folder: GuestFolder, guest: GuestDescription, signal: AbortSignal): Promise<GuestDisk[]> {
    const { flavor } = guest;
    const image = guest.imageRef === '' ? undefined : await this.cache.disk(guest.imageRef, signal);
    return [
      ...(image?.isCd === true ? [cd(image)] : []),
      await this.#root(folder, 'root', image?.isCd === true ? undefined : image, flavor.disk * GIB),
      ...(flavor.ephemeral > 0 ? [await this.#empty(folder, 'ephemeral', flavor.ephemeral * GIB)] : []),
      ...(flavor.swap > 0 ? [await this.#empty(folder, 'swap', flavor.swap * MIB)] : []),
    ];
  }

  /** The rescue disk of a guest, beside its own disk. */
  async rescue(folder: GuestFolder, imageId: string, flavorDisk: number, signal: AbortSignal): Promise<GuestDisk> {
    const image = await this.cache.disk(imageId, signal);
    if (image.isCd) return { ...cd(image), role: 'rescue' };
    return this.#root(folder, 'rescue', image, Math.max(flavorDisk * GIB, image.virtualSize));
  }

  /** The kernel of an image that has one (`kernel_id`, `ramdisk_id`, `os_command_line`), or null. */
  async kernel(properties: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<DirectKernel | null> {
    const text = (name: string): string | undefined => {
      const value = properties[name];
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const [kernelId, ramdiskId] = [text('kernel_id'), text('ramdisk_id')];
    if (kernelId === undefined) return null;
    return {
      kernel: await this.cache.file(kernelId, signal),
      ramdisk: ramdiskId === undefined ? null : await this.cache.file(ramdiskId, signal),
      commandLine: text('os_command_line') ?? DEFAULT_ROOT,
    };
  }

  /** The kernel of an image other than the guest's own. */
  async kernelOf(imageId: string, signal: AbortSignal): Promise<DirectKernel | null> {
    return this.kernel((await this.sources.images.describe(imageId)).properties, signal);
  }

  /**
   * Changes the root disk to the size in a flavor, while the guest is off. A larger disk is an overlay on the previous
   * disk, which stays until the resize is confirmed. A revert to the smaller flavor removes the overlay: data written
   * since is lost, as in nova. An overlay that was never confirmed because its resize failed cannot be used to revert a
   * later resize.
   */
  async resize(folder: GuestFolder, record: GuestRecord, flavorDisk: number): Promise<GuestRecord> {
    const { diskBeforeResize: before } = record;
    if (before !== null && flavorDisk < record.flavor.disk) {
      return { ...record, disks: replaced(record.disks, before), diskBeforeResize: null };
    }
    const root = record.disks.find(({ role }) => role === 'root');
    const wanted = flavorDisk * GIB;
    const kept = { ...record, diskBeforeResize: null };
    if (root === undefined || flavorDisk === 0) return kept;
    const { virtualSize } = await this.tool.info(root.path, root.format);
    if (virtualSize >= wanted) return kept;
    const path = folder.file(`disk.${flavorDisk}`);
    await rm(path, { force: true });
    await this.tool.create(path, wanted, { path: root.path, format: root.format });
    return { ...record, disks: replaced(record.disks, { ...root, path }), diskBeforeResize: root };
  }

  async #root(
    folder: GuestFolder,
    role: 'root' | 'rescue',
    image: CachedImage | undefined,
    bytes: number,
  ): Promise<GuestDisk> {
    const path = folder.file(role === 'root' ? 'disk' : 'disk.rescue');
    if (image !== undefined && bytes > 0 && bytes < image.virtualSize) {
      throw new GuestError(
        'FlavorDiskSmallerThanImage',
        `Flavor's disk is too small for requested image. Flavor disk is ${bytes} bytes, image is ${image.virtualSize} bytes.`,
      );
    }
    const size = bytes > 0 ? bytes : image === undefined ? GIB : undefined;
    await this.#create(path, size, image);
    return { role, path, format: 'qcow2', readOnly: false };
  }

  async #empty(folder: GuestFolder, role: 'ephemeral' | 'swap', bytes: number): Promise<GuestDisk> {
    const path = folder.file(`disk.${role}`);
    await this.#create(path, bytes, undefined);
    return { role, path, format: 'qcow2', readOnly: false };
  }

  async #create(path: string, size: number | undefined, backing: CachedImage | undefined): Promise<void> {
    const draft = `${path}.part`;
    await rm(draft, { force: true });
    await this.tool.create(draft, size, backing);
    await rename(draft, path);
  }
}

function cd(image: CachedImage): GuestDisk {
  return { role: 'cdrom', path: image.path, format: 'raw', readOnly: true };
}

function replaced(disks: readonly GuestDisk[], root: GuestDisk): GuestDisk[] {
  return disks.map((disk) => (disk.role === 'root' ? root : disk));
}
