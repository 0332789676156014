import { unacceptable } from './guest.errors.js';
import { recordOf } from './qmp-client.js';
import { ToolError, runTool } from './run-tool.js';
import type { ToolRun } from './run-tool.js';

/** qemu-img's description of a disk image. */
export interface ImageInfo {
  readonly format: string;
  /** Bytes. */
  readonly virtualSize: number;
  readonly backingFile: string | undefined;
  readonly dataFile: string | undefined;
}

/** The timeout for inspecting an untrusted file. */
const LOOK_MS = 30_000;

/** Calls qemu-img. Formats are always given explicitly, never detected from data that a guest may have written. */
export class ImageTool {
  constructor(readonly program: string) {}

  /** Also for the disk of a running guest. Throws ToolError for a file that is not an image of this format. */
  async info(path: string, format: string): Promise<ImageInfo> {
    const text = await runTool(this.program, ['info', '-U', '-f', format, '--output=json', path], {
      timeoutMs: LOOK_MS,
    });
    const info = recordOf(JSON.parse(text));
    const specific = recordOf(recordOf(info['format-specific'])['data']);
    return {
      format: String(info['format']),
      virtualSize: Number(info['virtual-size']),
      backingFile: textOf(info['full-backing-filename'] ?? info['backing-filename']),
      dataFile: textOf(specific['data-file']),
    };
  }

  /** Throws GuestError ImageUnacceptable if parts of a qcow2 image are missing or wrong. */
  async check(path: string, imageId: string): Promise<void> {
    try {
      await runTool(this.program, ['check', '-q', '-f', 'qcow2', path], { timeoutMs: 10 * LOOK_MS });
    } catch (error) {
      // 3: leaked clusters, which do no harm.
      if (error instanceof ToolError && error.code === 3) return;
      if (error instanceof ToolError) throw unacceptable(imageId, 'the image is damaged or not whole', error);
      throw error;
    }
  }

  /** @param size bytes; by default the size of the backing file */
  async create(
    path: string,
    size: number | undefined,
    backing?: { readonly path: string; readonly format: string },
  ): Promise<void> {
    const behind = backing === undefined ? [] : ['-F', backing.format, '-b', backing.path];
    const bytes = size === undefined ? [] : [String(size)];
    await runTool(this.program, ['create', '-q', '-f', 'qcow2', ...behind, path, ...bytes]);
  }

  async convert(from: string, format: string, to: string, toFormat: 'qcow2' | 'raw', run: ToolRun = {}): Promise<void> {
    await runTool(this.program, ['convert', '-q', '-f', format, '-O', toFormat, from, to], run);
  }

  /** A directory as a FAT disk with a label. */
  async fat(directory: string, label: string, to: string): Promise<void> {
    const source = `json:${JSON.stringify({ driver: 'vvfat', dir: directory, label, 'fat-type': 16 })}`;
    await runTool(this.program, ['convert', '-q', '-O', 'qcow2', source, to]);
  }

  async deleteSnapshot(path: string, name: string): Promise<void> {
    await runTool(this.program, ['snapshot', '-q', '-d', name, path]);
  }

  async hasSnapshot(path: string, name: string): Promise<boolean> {
    const text = await runTool(this.program, ['snapshot', '-l', path]);
    return text.split('\n').some((line) => line.split(/\s+/)[1] === name || line.trim().split(/\s+/)[1] === name);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
