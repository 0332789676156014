import { begunDatabase } from './begin-embedded.js';
import { DiskGuard } from './disk-guard.js';
import { PglitePool } from './pglite-pool.js';
import { connectEmbedded } from './pglite-stream.js';

export interface EmbeddedDatabase {
  readonly pool: PglitePool;
  /** Null in memory. */
  readonly guard: DiskGuard | null;
  close(): Promise<void>;
}

/** PGlite in a directory, or in memory for null. Error DirectoryLocked when another process has the directory. */
export async function openEmbedded(
  directory: string | null,
  onCondition: () => void,
  freeBytesOf?: (directory: string) => Promise<number>,
): Promise<EmbeddedDatabase> {
  const database = await begunDatabase(directory);
  const client = await connectEmbedded(database.exchange);
  const guard = directory === null ? null : new DiskGuard(directory, onCondition, freeBytesOf);
  return {
    pool: new PglitePool(client, guard),
    guard,
    async close() {
      try {
        await client.end();
      } finally {
        await database.close();
      }
    },
  };
}
