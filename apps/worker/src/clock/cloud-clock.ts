import { sql } from 'kysely';
import { businessClock } from '#libs/simulation';
import type { ClockState } from '#libs/simulation';
import type { Intake } from '../snapshots/intake.js';
import { moveClock, readClock } from '../store/index.js';
import type { Store, Transaction } from '../store/index.js';
import { ClockError } from './clock.errors.js';

/** A hundred years: no test needs more, and it avoids years with more than four digits. */
const MAX_OFFSET_MS = 100 * 365.25 * 86_400_000;

export interface ClockData {
  /** Business time, ISO 8601. */
  readonly now: string;
  /** How far it is ahead of the machine's clock. */
  readonly offset_seconds: number;
}

export interface ClockSurroundings {
  readonly store: Store;
  readonly intake: Intake;
  /** Makes all live services report: by the new time they have been silent for long. */
  readonly report: () => Promise<void>;
  /** Runs everything that depends only on time at once. */
  readonly runDue: () => Promise<void>;
  /** Notifies other processes. */
  readonly tell: (state: ClockState) => Promise<void>;
}

/** The business clock of a cloud for tests: it can be moved and never stops. */
export class CloudClock {
  readonly #surroundings: ClockSurroundings;

  constructor(surroundings: ClockSurroundings) {
    this.#surroundings = surroundings;
  }

  async show(): Promise<ClockData> {
    const { rows } = await sql<ClockData>`
      select business_clock() as now, extract(epoch from business_offset())::float8 as offset_seconds`.execute(
      this.#surroundings.store.db,
    );
    const [data] = rows;
    if (data === undefined) throw new TypeError('the database did not tell its time');
    return data;
  }

  /** Moves it forward by this many milliseconds. Error ClockRefused. */
  async advance(ms: number): Promise<ClockData> {
    if (!Number.isSafeInteger(ms) || ms <= 0) throw new ClockError(`${ms} ms: expected a time above 0`);
    await this.#move((offset) => {
      if (offset + ms > MAX_OFFSET_MS) throw new ClockError('the clock goes at most 100 years ahead');
      return offset + ms;
    });
    return this.show();
  }

  /** Moves it back to the machine's time; rows with a later time keep it. */
  async reset(): Promise<ClockData> {
    await this.#move(() => 0);
    return this.show();
  }

  async #move(to: (offsetMs: number) => number): Promise<void> {
    const { store, intake, report, runDue, tell } = this.#surroundings;
    let moved: ClockState | undefined;
    // No request may see the moment at which all services seem to have been silent for long.
    await intake.pausing(async () => {
      moved = await store.transaction(
        async (tx) => {
          const before = await tx.selectFrom('clock_state').select('offset_ms').forUpdate().executeTakeFirstOrThrow();
          const offset = to(before.offset_ms);
          const state = await moveClock(tx, offset);
          if (offset < before.offset_ms) await forgetFuture(tx, before.offset_ms - offset);
          return state;
        },
        { name: 'clock-move' },
      );
      businessClock.learn(moved);
      await report();
    });
    if (moved !== undefined) await tell(moved);
    await runDue();
  }
}

/** After a step back, no user may stay locked out until a time that has already passed once. */
async function forgetFuture(tx: Transaction, ms: number): Promise<void> {
  const back = sql`${ms} * interval '1 millisecond'`;
  await sql`update token_rules set issued_before = issued_before - ${back} where issued_before > business_clock()`.execute(
    tx,
  );
  await sql`update failed_logins set window_until = window_until - ${back}`.execute(tx);
  await sql`update login_sources set succeeded_at = succeeded_at - ${back} where succeeded_at > business_clock()`.execute(
    tx,
  );
  await sql`
    update users set failed_auth_at = least(failed_auth_at, business_clock()),
      password_created_at = least(password_created_at, business_clock())
    where failed_auth_at > business_clock() or password_created_at > business_clock()`.execute(tx);
}

/** Sets the clock of a new process to the state in the database. */
export async function beginWithStoredClock(store: Store): Promise<void> {
  businessClock.begin(await readClock(store.db));
}
