import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Measured, TooManyBytes } from '#libs/imagestore';
import { diskError, unacceptable } from './guest.errors.js';
import { isMissing } from './guest-folder.js';
import type { GuestImages } from './guest-sources.js';
import type { ImageTool } from './image-tool.js';
import { ToolError } from './run-tool.js';

/** An image in the cache: complete, checked, never changed. */
export interface CachedImage {
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
  readonly virtualSize: number;
  /** A bootable CD instead of a disk. */
  readonly isCd: boolean;
}

/** Formats from which guests run directly; others are converted. */
const RUN_AS: Readonly<Record<string, 'qcow2' | 'raw'>> = { qcow2: 'qcow2', raw: 'raw', iso: 'raw' };
/** Formats that are converted, with qemu-img's name of each. */
const CONVERTED: Readonly<Record<string, string>> = { vmdk: 'vmdk', vdi: 'vdi', vhdx: 'vhdx', vhd: 'vpc' };
/** Kernels, ramdisks and raw disks, which have no signature of their own. */
const AMAZON = new Set(['ami', 'aki', 'ari']);

/**
 * The images of this host's guests, in nova's `_base`: one file per image, named by the hash of the image's id. A file
 * appears only when it is complete and checked, and its data never changes.
 */
export class ImageCache {
  readonly #directory: string;
  readonly #loading = new Map<string, Promise<CachedImage>>();

  constructor(
    instancesPath: string,
    private readonly images: GuestImages,
    private readonly tool: ImageTool,
  ) {
    this.#directory = join(instancesPath, '_base');
  }

  /** The disk of an image. Errors: GuestError ImageUnacceptable, ImageNotActive, DiskFull. */
  disk(imageId: string, signal: AbortSignal): Promise<CachedImage> {
    return this.#once(`disk-${imageId}`, imageId, () =>
      this.#load(imageId, signal, (path) => this.#disk(path, imageId)),
    );
  }

  /** A kernel or ramdisk, unchanged. Errors as for `disk`. */
  async file(imageId: string, signal: AbortSignal): Promise<string> {
    const load = (): Promise<CachedImage> =>
      this.#load(imageId, signal, async (path) => ({
        path,
        format: 'raw',
        virtualSize: (await stat(path)).size,
        isCd: false,
      }));
    return (await this.#once(`file-${imageId}`, imageId, load)).path;
  }

  /** Removes interrupted downloads, and images that no guest has used for `minimumAgeMs`. */
  async sweep(used: ReadonlySet<string>, minimumAgeMs: number): Promise<void> {
    const names = await readdir(this.#directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const name of names) {
      const path = join(this.#directory, name);
      const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
      const isDraft = name.includes('.part');
      const isUsed = used.has(path) || used.has(path.replace(/\.json$/, ''));
      if (isUsed || age < (isDraft ? 3_600_000 : minimumAgeMs)) continue;
      await rm(path, { force: true });
    }
  }

  #once(key: string, imageId: string, load: () => Promise<CachedImage>): Promise<CachedImage> {
    const running = this.#loading.get(key);
    if (running !== undefined) return running;
    const begun = this.#cached(imageId)
      .then((found) => found ?? load())
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, begun);
    return begun;
  }

  async #cached(imageId: string): Promise<CachedImage | undefined> {
    const path = this.place(imageId);
    try {
      const found = JSON.parse(await readFile(`${path}.json`, 'utf8')) as CachedImage;
      const now = new Date();
      await utimes(path, now, now);
      await utimes(`${path}.json`, now, now);
      return { ...found, path };
    } catch (error) {
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async #load(
    imageId: string,
    signal: AbortSignal,
    judge: (draft: string) => Promise<CachedImage>,
  ): Promise<CachedImage> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const place = this.place(imageId);
    const draft = `${place}.${randomUUID()}.part`;
    try {
      await this.#download(imageId, draft, signal);
      const judged = await judge(draft);
      const image = { ...judged, path: place };
      await rename(judged.path, place);
      await writeFile(`${draft}.json`, JSON.stringify(image), { mode: 0o600 });
      await rename(`${draft}.json`, `${place}.json`);
      return image;
    } catch (error) {
      throw diskError(error);
    } finally {
      for (const left of [draft, `${draft}.json`, `${draft}.converted`]) await rm(left, { force: true });
    }
  }

  async #download(imageId: string, draft: string, signal: AbortSignal): Promise<void> {
    const { size, checksum, read } = await this.images.open(imageId);
    const measured = new Measured(await read(), size ?? Number.MAX_SAFE_INTEGER);
    const file = await open(draft, 'wx', 0o600);
    try {
      for await (const chunk of measured) {
        signal.throwIfAborted();
        await file.writeFile(chunk);
      }
      await file.datasync();
    } catch (error) {
      if (error instanceof TooManyBytes) throw unacceptable(imageId, 'the data is longer than the image says', error);
      throw error;
    } finally {
      await file.close();
    }
    const found = measured.finish();
    if (size !== null && found.size !== size) {
      throw unacceptable(imageId, `the data is not whole: ${found.size} of ${size} bytes`);
    }
    if (checksum !== null && found.checksum !== checksum) throw unacceptable(imageId, 'the data has another checksum');
  }

  /** Inspects the data itself: an image must have the format in its disk_format, and must not refer to another file. */
  async #disk(draft: string, imageId: string): Promise<CachedImage> {
    const { diskFormat } = await this.images.describe(imageId);
    const { format: found, danger } = await headerOf(draft);
    if (danger !== undefined) throw unacceptable(imageId, 'Image does not pass safety check', new Error(danger));
    const known = diskFormat in RUN_AS || diskFormat in CONVERTED || AMAZON.has(diskFormat);
    if (!known) throw unacceptable(imageId, 'Image not in a supported format');
    const said = AMAZON.has(diskFormat) ? 'raw' : diskFormat;
    if ((found ?? 'raw') !== said) throw unacceptable(imageId, 'Image content does not match disk_format');
    const format = RUN_AS[said];
    const source = format ?? CONVERTED[said] ?? 'raw';
    const info = await this.#info(draft, source, imageId);
    if (info.backingFile !== undefined) throw unacceptable(imageId, `fmt=${said} backed by: another file`);
    if (info.dataFile !== undefined) throw unacceptable(imageId, `fmt=${said} has data-file: another file`);
    if (format === 'qcow2') await this.tool.check(draft, imageId);
    const image = {
      path: draft,
      format: format ?? 'qcow2',
      virtualSize: info.virtualSize,
      isCd: said === 'iso',
    } as const;
    if (format !== undefined) return image;
    await this.#convert(draft, source, imageId);
    return { ...image, path: `${draft}.converted` };
  }

  async #info(path: string, format: string, imageId: string): ReturnType<ImageTool['info']> {
    try {
      return await this.tool.info(path, format);
    } catch (error) {
      if (error instanceof ToolError) throw unacceptable(imageId, "'qemu-img info' parsing failed.", error);
      throw error;
    }
  }

  async #convert(path: string, format: string, imageId: string): Promise<void> {
    try {
      await this.tool.convert(path, format, `${path}.converted`, 'qcow2');
    } catch (error) {
      if (error instanceof ToolError) throw unacceptable(imageId, 'Unable to convert image to qcow2', error);
      throw error;
    }
  }

  /** The path of an image in the cache. */
  place(imageId: string): string {
    return join(this.#directory, createHash('sha1').update(imageId).digest('hex'));
  }
}

async function headerOf(
  path: string,
): Promise<{ readonly format: string | undefined; readonly danger: string | undefined }> {
  const measured = new Measured(createReadStream(path, { end: 65_535 }), Number.MAX_SAFE_INTEGER);
  for await (const _chunk of measured);
  return measured.finish().disk;
}
