import { join } from 'node:path';
import { makeDirectory } from '#libs/config';
import { lockDirectory } from './directory-lock.js';
import { PgliteThread } from './pglite-thread.js';
import type { Exchange } from './raw-exchange.js';

/** A database that answers, behind nothing yet. */
export interface BegunDatabase {
  readonly exchange: Exchange;
  close(): Promise<void>;
}

let begun: { readonly directory: string | null; readonly opening: Promise<BegunDatabase> } | null = null;

/**
 * Begins to open what the next `begunDatabase` of that directory waits for: it opens in a thread of its own, while this one
 * still loads the rest of the process. Loads little itself.
 */
export function beginEmbedded(directory: string | null): void {
  const opening = open(directory);
  begun = { directory, opening };
  // Thrown where it is waited for.
  opening.catch(() => undefined);
}

/** Null: in memory. Error DirectoryLocked when another process has the directory. */
export function begunDatabase(directory: string | null): Promise<BegunDatabase> {
  if (begun?.directory !== directory) return open(directory);
  const { opening } = begun;
  begun = null;
  return opening;
}

async function open(directory: string | null): Promise<BegunDatabase> {
  if (directory === null) return PgliteThread.open(null);
  makeDirectory(directory, 0o700);
  const lock = await lockDirectory(join(directory, 'lock'));
  try {
    const thread = await PgliteThread.open(directory);
    return {
      exchange: thread.exchange,
      async close() {
        try {
          await thread.close();
        } finally {
          await lock.release();
        }
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
