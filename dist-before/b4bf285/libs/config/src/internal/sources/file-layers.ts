import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigurationFault } from '../fault.js';
import { parseIni } from './ini-parser.js';
import { UnreadableText, readText } from './read-text.js';
import { SettingsLayer } from './settings-layer.js';

export interface FileLayers {
  readonly layers: readonly SettingsLayer[];
  readonly faults: readonly ConfigurationFault[];
}

/** Reads the files in the order given, then each directory's `*.conf` sorted by name; later wins. */
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
      // Entries of a mounted ConfigMap are links: their names are enough, what they point to is read as a file.
      const names = readdirSync(directory).filter((name) => name.endsWith('.conf') && !name.startsWith('.'));
      for (const name of names.toSorted()) readOne(join(directory, name));
    } catch (error) {
      fail(directory, error, 'directory');
    }
  }
  return { layers, faults };
}
