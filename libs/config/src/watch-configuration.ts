import type { FSWatcher } from 'node:fs';
import { readdirSync, realpathSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Configuration } from './configuration.js';

/** How `watchConfiguration` polls, and whom it notifies. */
export interface WatchInput {
  /** Called once the files have changed and then been quiet; the caller reloads, as for SIGHUP. */
  readonly onChange: () => void;
  /** Milliseconds without a further change before `onChange`. @default 500 */
  readonly quietMs?: number;
  /** Milliseconds between two polls for changes that the system does not report. @default 5000 */
  readonly pollMs?: number;
}

/**
 * Watches the files and directories from which a configuration was read, including a mounted ConfigMap (whose links are
 * replaced all at once). The returned function stops watching; it may be called twice.
 */
export function watchConfiguration(config: Configuration, input: WatchInput): () => void {
  const { quietMs = 500, pollMs = 5000 } = input;
  let known = fingerprint(config);
  let quiet: NodeJS.Timeout | undefined;
  const look = (): void => {
    const now = fingerprint(config);
    if (now === known) return;
    known = now;
    input.onChange();
  };
  const wait = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(look, quietMs).unref();
  };

  // The system does not report all changes: behind a link into another directory, on a network file system, in a
  // directory that was removed and made again, or with too many watches. Polling misses none.
  const poll = setInterval(() => {
    if (fingerprint(config) !== known) wait();
  }, pollMs).unref();
  const watchers: FSWatcher[] = [];
  for (const directory of watchedDirectories(config)) {
    try {
      watchers.push(watch(directory, { persistent: false }, wait).on('error', () => undefined));
    } catch {
      // Only polling is left.
    }
  }
  return () => {
    clearTimeout(quiet);
    clearInterval(poll);
    for (const watcher of watchers.splice(0)) watcher.close();
  };
}

// The directory, not the file: editors and ConfigMaps replace the old file with a new one.
function watchedDirectories(config: Configuration): ReadonlySet<string> {
  return new Set([...config.sourcePaths.files.map((file) => dirname(file)), ...config.sourcePaths.directories]);
}

function stateOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${realpathSync(path)} ${ino} ${mtimeMs} ${size}`;
  } catch {
    // Missing for now, or not readable: the reload reports it.
    return `${path} -`;
  }
}

/** Differs when any of the files differs; other files of their directories (a log) do not count. */
function fingerprint(config: Configuration): string {
  const inDirectories = config.sourcePaths.directories.flatMap((directory) => {
    try {
      return readdirSync(directory)
        .filter((name) => name.endsWith('.conf'))
        .map((name) => join(directory, name));
    } catch {
      return [directory];
    }
  });
  return [...config.sourcePaths.files, ...inDirectories].map(stateOf).join('\n');
}
