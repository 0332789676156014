import { sql } from 'kysely';
import { FairShare } from '../store/index.js';
import type { Queries, Transaction } from '../store/index.js';
import { configuredLimits, storedLimits, unifiedLimits } from './limit-sources.js';
import type { LimitSource, QuotaOptionGroups } from './limit-sources.js';
import { countUsage, resourcesOf } from './quota-resources.js';
import type { Amounts, QuotaResource, QuotaService } from './quota-resources.js';

/**
 * Creations of one project that a process runs at once. They wait for each other anyway, and one that waits in the
 * database has a connection that the others would miss.
 */
const CREATIONS_AT_ONCE = 4;

/** A limit (-1 for none) and what there is. */
export interface QuotaAmount {
  readonly limit: number;
  readonly used: number;
}

/**
 * Who has something: the project whose limits hold, and the user where amounts are counted for a user (key pairs).
 */
export interface QuotaOwner {
  readonly projectId: string;
  readonly userId?: string;
}

/**
 * The quotas of the Compute and the Network API. Limits come from several sources, the first that knows one decides.
 * Usage is never stored: it is counted, under a lock, so that it cannot go wrong.
 */
export class Quotas {
  readonly #sources: readonly LimitSource[];
  readonly #turns = new FairShare({ perOwner: CREATIONS_AT_ONCE });

  constructor(sources: readonly LimitSource[]) {
    this.#sources = sources;
  }

  /** Limits of the database before those of the options, and unified ones before both where they are turned on. */
  static configured(options: QuotaOptionGroups): Quotas {
    const unified: QuotaService[] = [];
    if (options.compute?.driver === 'nova.quota.UnifiedLimitsDriver') unified.push('compute');
    if (options.image?.useKeystoneLimits === true) unified.push('image');
    return new Quotas([unifiedLimits(unified), storedLimits, configuredLimits(options)]);
  }

  /** The limits of a project. A resource that no source knows has none. */
  async limits<S extends QuotaService>(db: Queries, service: S, projectId: string): Promise<Amounts<S>> {
    const found: Partial<Record<string, number>> = {};
    for (const source of this.#sources) {
      const limits = await source(db, service, projectId);
      for (const [name, limit] of Object.entries(limits)) found[name] ??= limit;
    }
    return Object.fromEntries(resourcesOf(service).map((name) => [name, found[name] ?? -1])) as Amounts<S>;
  }

  /** All limits of a project, and what it has of some of the resources: for showing them. */
  async read<S extends QuotaService, R extends QuotaResource<S>>(
    db: Queries,
    service: S,
    resources: readonly R[],
    projectId: string,
  ): Promise<{ readonly limits: Amounts<S>; readonly used: Readonly<Record<R, number>> }> {
    const limits = await this.limits(db, service, projectId);
    return { limits, used: await countUsage(db, service, resources, projectId) };
  }

  /** Runs a creation that holds a quota, its transaction included, when the caller's project has less than its share. */
  inTurn<T>(projectId: string | null, create: () => Promise<T>): Promise<T> {
    return this.#turns.run(projectId ?? '', create);
  }

  /**
   * Makes other creations of the same resources for the same owners wait until the commit. It comes before every other
   * lock of a transaction; what is then counted stays true. Resources without a limit are not locked.
   */
  async hold<S extends QuotaService>(
    tx: Transaction,
    service: S,
    resources: readonly QuotaResource<S>[],
    owners: readonly QuotaOwner[],
  ): Promise<QuotaHold<S>> {
    const limits = new Map<string, Amounts<S>>();
    const keys = new Set<string>();
    for (const owner of owners) {
      const name = nameOf(owner);
      const found = limits.get(name) ?? (await this.limits(tx, service, owner.projectId));
      limits.set(name, found);
      for (const resource of resources) if (found[resource] >= 0) keys.add(`quota:${service}:${resource}:${name}`);
    }
    // In one order, so that two transactions never wait for each other.
    for (const key of [...keys].toSorted()) {
      await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
    }
    return new QuotaHold(tx, service, resources, limits);
  }
}

/** The right to create, until the transaction ends, what the limits leave room for. */
export class QuotaHold<S extends QuotaService> {
  readonly #tx: Transaction;
  readonly #service: S;
  readonly #resources: readonly QuotaResource<S>[];
  readonly #limits: ReadonlyMap<string, Amounts<S>>;

  constructor(
    tx: Transaction,
    service: S,
    resources: readonly QuotaResource<S>[],
    limits: ReadonlyMap<string, Amounts<S>>,
  ) {
    this.#tx = tx;
    this.#service = service;
    this.#resources = resources;
    this.#limits = limits;
  }

  /** All limits of the service for an owner, also of resources that are not held. */
  limits(owner: QuotaOwner): Amounts<S> {
    const limits = this.#limits.get(nameOf(owner));
    if (limits === undefined) throw new TypeError(`quota: ${nameOf(owner)} is not among those that were held`);
    return limits;
  }

  /** Limit and use now of the held resources that have a limit. */
  async amounts(owner: QuotaOwner): Promise<Readonly<Partial<Record<QuotaResource<S>, QuotaAmount>>>> {
    const limits = this.limits(owner);
    const limited = this.#resources.filter((name) => limits[name] >= 0);
    const used = await countUsage(this.#tx, this.#service, limited, nameOf(owner));
    const amounts = limited.map((name) => [name, { limit: limits[name], used: used[name] }]);
    return Object.fromEntries(amounts) as Readonly<Partial<Record<QuotaResource<S>, QuotaAmount>>>;
  }
}

function nameOf({ projectId, userId }: QuotaOwner): string {
  return userId ?? projectId;
}
