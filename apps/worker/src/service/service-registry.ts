import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Store } from '../store/index.js';

/** Binaries as the Compute API shows them, by topic. */
export const BINARIES: Readonly<Record<string, string>> = {
  conductor: 'albireo-conductor',
  scheduler: 'albireo-scheduler',
  compute: 'albireo-compute',
};

/** The rows of running services. A host's reports use the database's clock, and it is down after a long silence. */
export class ServiceRegistry {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reports that a service is alive: inserts or updates its row. Several workers of one host share a row. */
  async report(binary: string, host: string, zone: string): Promise<void> {
    await this.#store.db
      .insertInto('services')
      .values({ id: randomUUID(), binary, host, zone, disabled_reason: null })
      .onConflict((conflict) =>
        conflict.columns(['binary', 'host']).doUpdateSet({
          zone,
          report_count: sql<number>`services.report_count + 1`,
          updated_at: sql<string>`business_clock()`,
        }),
      )
      .execute();
  }

  /** Deletes rows of services that have been silent for so long that they will not come back. Returns their number. */
  async sweep(silentMs: number): Promise<number> {
    // A host that still has servers keeps its row, so that an operator sees that it is down.
    const result = await this.#store.db
      .deleteFrom('services')
      .where('updated_at', '<', sql<string>`business_clock() - ${silentMs} * interval '1 millisecond'`)
      .where('disabled', '=', false)
      .where(sql<boolean>`not exists (select 1 from allocations a where a.host = services.host)`)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}
