import { readdirSync, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigurationFault } from '../errors.js';
import { parseIni } from './ini-parser.js';
import { SettingsLayer } from './setting.js';

/**
 * Largest file that is read, in bytes. A ConfigMap can contain 1 MiB; a complete sample of nova's options has 0.2 MiB.
 */
const maxBytes = 8 * 2 ** 20;

/** Thrown for a file that can be opened but is not readable text. */
class UnreadableText extends Error {
  readonly code = 'unreadable_text';

  constructor(
    message: string,
    /** Counted from 1, if one line is at fault. */
    readonly line?: number,
  ) {
    super(message);
    this.name = 'UnreadableText';
  }
}

/**
 * The UTF-8 text of a configuration file, without its byte order mark. Never waits: a pipe without a writer would block
 * the start, or a reload, forever. Throws `UnreadableText`, or the system's error as `readFileSync` does.
 */
function readText(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const kind = fstatSync(file);
    if (kind.isDirectory()) throw new UnreadableText('it is a directory: use --config-dir');
    if (kind.isFIFO()) throw new UnreadableText('it is a pipe, which a reload could not read again: use a file');
    return decode(readAll(file));
  } finally {
    closeSync(file);
  }
}

function readAll(file: number): Buffer {
  const parts: Buffer[] = [];
  for (let size = 0; ;) {
    const part = Buffer.allocUnsafe(65_536);
    const count = readSync(file, part);
    if (count === 0) return Buffer.concat(parts);
    size += count;
    if (size > maxBytes) throw new UnreadableText(`it is larger than ${maxBytes / 2 ** 20} MiB`);
    parts.push(part.subarray(0, count));
  }
}

// Replacing invalid bytes, as Node does by default, would change a password without notice.
function decode(bytes: Buffer): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const text = (part: Buffer): string | undefined => {
    try {
      return decoder.decode(part);
    } catch {
      return undefined;
    }
  };
  const whole = text(bytes);
  if (whole !== undefined && !whole.includes('\0')) return whole;
  for (let line = 1, start = 0; ; line += 1) {
    const end = bytes.indexOf('\n', start);
    const part = text(bytes.subarray(start, end < 0 ? bytes.length : end));
    if (part === undefined) throw new UnreadableText('the line is not UTF-8 text', line);
    if (part.includes('\0')) throw new UnreadableText('the line holds a NUL character', line);
    start = end + 1;
  }
}

export interface FileLayers {
  readonly layers: readonly SettingsLayer[];
  readonly faults: readonly ConfigurationFault[];
}

/**
 * Reads the files in the given order, then each directory's `*.conf` sorted by name; a later file overrides an earlier
 * one.
 */
export function readFileLayers(files: readonly string[], directories: readonly string[]): FileLayers {
  const layers: SettingsLayer[] = [];
  const faults: ConfigurationFault[] = [];
  const fail = (path: string, error: unknown, what: string): void => {
    if (error instanceof UnreadableText && error.line !== undefined) {
      faults.push({ code: 'syntax', where: `${path}:${error.line}`, message: error.message });
      return;
    }
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = error instanceof Error ? error.message.replace(/^[A-Z]+: ([^,]*),.*$/s, '$1') : String(error);
    faults.push({
      code: missing ? 'file_not_found' : 'file_unreadable',
      where: path,
      message: missing
        ? `the configuration ${what} does not exist`
        : `cannot read the configuration ${what}: ${reason}`,
    });
  };
  const readOne = (path: string): void => {
    try {
      const content = parseIni(readText(path), path);
      layers.push(new SettingsLayer('file', path, content.settings));
      for (const { line, message } of content.faults)
        faults.push({ code: 'syntax', where: `${path}:${line}`, message });
    } catch (error) {
      fail(path, error, 'file');
    }
  };

  for (const file of files) readOne(file);
  for (const directory of directories) {
    try {
      // Entries of a mounted ConfigMap are links: only their names are checked, and their targets are read as files.
      const names = readdirSync(directory).filter((name) => name.endsWith('.conf') && !name.startsWith('.'));
      for (const name of names.toSorted()) readOne(join(directory, name));
    } catch (error) {
      fail(directory, error, 'directory');
    }
  }
  return { layers, faults };
}
