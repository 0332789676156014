import { sql } from 'kysely';
import { FairShare } from '../store/index.js';
import type { Queries, Transaction } from '../store/index.js';
import { OF_USER, configuredLimits, storedLimits, unifiedLimits } from './limit-sources.js';
import type { LimitSource, Limits, QuotaOptionGroups } from './limit-sources.js';
import { countUsage, resourcesOf } from './quota-resources.js';
import type { Amounts, QuotaResource, QuotaService } from './quota-resources.js';

/**
 * The number of creates of one project that a process runs at once. They wait for each other anyway, and a create that
 * waits in the database occupies a connection that other work needs.
 */
const CREATIONS_AT_ONCE = 4;

/** A limit (-1 for none) and the usage. */
export interface QuotaAmount {
  readonly limit: number;
  readonly used: number;
}

/**
 * The owner of resources: the project whose limits apply, and the user where amounts are counted per user (key pairs).
 */
export interface QuotaOwner {
  readonly projectId: string;
  readonly userId?: string;
  /** The user of the project whose own limits also apply. */
  readonly memberId?: string | null;
}

/**
 * The quotas of the Compute and the Network API. Limits come from several sources; the first that has a value decides.
 * Usage is never stored: it is counted under a lock, so it is always correct.
 */
export class Quotas {
  readonly #sources: readonly LimitSource[];
  readonly #turns = new FairShare({ perOwner: CREATIONS_AT_ONCE });

  constructor(sources: readonly LimitSource[]) {
    this.#sources = sources;
  }

  /** Limits in the database come before those of the options; unified limits, if turned on, come before both. */
  static configured(options: QuotaOptionGroups): Quotas {
    const unified: QuotaService[] = [];
    if (options.compute?.driver === 'nova.quota.UnifiedLimitsDriver') unified.push('compute');
    if (options.image?.useKeystoneLimits === true) unified.push('image');
    return new Quotas([unifiedLimits(unified), storedLimits, configuredLimits(options)]);
  }

  /** The limits of a project. A resource that no source knows has no limit. */
  async limits<S extends QuotaService>(db: Queries, service: S, projectId: string): Promise<Amounts<S>> {
    return amountsOf(service, await this.#find(db, service, projectId));
  }

  /** A user's own limits within a project; for absent ones the project's apply. */
  async userLimits(db: Queries, service: QuotaService, projectId: string, userId: string): Promise<Limits> {
    return limitsOfUser(await this.#find(db, service, projectId, userId));
  }

  async #find(db: Queries, service: QuotaService, projectId: string, userId?: string): Promise<Limits> {
    const found: Partial<Record<string, number>> = {};
    for (const source of this.#sources) {
      const limits = await source(db, service, projectId, userId);
      for (const [name, limit] of Object.entries(limits)) found[name] ??= limit;
    }
    return found;
  }

  /** All limits of a project, and its usage of some resources: for display only. */
  async read<S extends QuotaService, R extends QuotaResource<S>>(
    db: Queries,
    service: S,
    resources: readonly R[],
    projectId: string,
  ): Promise<{ readonly limits: Amounts<S>; readonly used: Readonly<Record<R, number>> }> {
    const limits = await this.limits(db, service, projectId);
    return { limits, used: await countUsage(db, service, resources, projectId) };
  }

  /** Runs a create that locks a quota, including its transaction, when the caller's project has less than its share. */
  inTurn<T>(projectId: string | null, create: () => Promise<T>): Promise<T> {
    return this.#turns.run(projectId ?? '', create);
  }

  /**
   * Makes other creates of the same resources for the same owners wait until the commit. It is called before every
   * other lock of a transaction; counts after it stay correct. Resources without a limit are not locked.
   */
  async hold<S extends QuotaService>(
    tx: Transaction,
    service: S,
    resources: readonly QuotaResource<S>[],
    owners: readonly QuotaOwner[],
  ): Promise<QuotaHold<S>> {
    const limits = new Map<string, HeldLimits<S>>();
    const keys = new Set<string>();
    for (const owner of owners) {
      const name = nameOf(owner);
      const found = limits.get(name) ?? (await this.#held(tx, service, owner));
      limits.set(name, found);
      const isLimited = (resource: QuotaResource<S>): boolean =>
        found.project[resource] >= 0 || (found.user[resource] ?? -1) >= 0;
      for (const resource of resources) if (isLimited(resource)) keys.add(`quota:${service}:${resource}:${name}`);
    }
    // In a fixed order, so that two transactions never deadlock.
    if (keys.size > 0) {
      const inOrder = [...keys].toSorted();
      await sql`select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${inOrder}::text[]) as key`.execute(
        tx,
      );
    }
    return new QuotaHold(tx, service, resources, limits);
  }

  async #held<S extends QuotaService>(tx: Transaction, service: S, owner: QuotaOwner): Promise<HeldLimits<S>> {
    const found = await this.#find(tx, service, owner.projectId, owner.memberId ?? undefined);
    return { project: amountsOf(service, found), user: limitsOfUser(found), memberId: owner.memberId ?? undefined };
  }
}

interface HeldLimits<S extends QuotaService> {
  readonly project: Amounts<S>;
  /** The user's own limits. */
  readonly user: Limits;
  readonly memberId: string | undefined;
}

function amountsOf<S extends QuotaService>(service: S, found: Limits): Amounts<S> {
  return Object.fromEntries(resourcesOf(service).map((name) => [name, found[name] ?? -1])) as Amounts<S>;
}

function limitsOfUser(found: Limits): Limits {
  const entries = Object.entries(found).filter(([name]) => name.startsWith(OF_USER));
  return Object.fromEntries(entries.map(([name, limit]) => [name.slice(OF_USER.length), limit]));
}

/** The locked quotas of a transaction, until it ends: their amounts show how much more may be created. */
export class QuotaHold<S extends QuotaService> {
  readonly #tx: Transaction;
  readonly #service: S;
  readonly #resources: readonly QuotaResource<S>[];
  readonly #limits: ReadonlyMap<string, HeldLimits<S>>;

  constructor(
    tx: Transaction,
    service: S,
    resources: readonly QuotaResource<S>[],
    limits: ReadonlyMap<string, HeldLimits<S>>,
  ) {
    this.#tx = tx;
    this.#service = service;
    this.#resources = resources;
    this.#limits = limits;
  }

  /** All limits of the service for an owner, also of resources that are not locked. */
  limits(owner: QuotaOwner): Amounts<S> {
    return this.#of(owner).project;
  }

  #of(owner: QuotaOwner): HeldLimits<S> {
    const limits = this.#limits.get(nameOf(owner));
    if (limits === undefined) throw new TypeError(`quota: ${nameOf(owner)} is not among those that were held`);
    return limits;
  }

  /** The same for the user that was locked with the project, for the resources with a limit of the user's own. */
  async userAmounts(owner: QuotaOwner): Promise<Readonly<Partial<Record<QuotaResource<S>, QuotaAmount>>>> {
    const { user, memberId } = this.#of(owner);
    const limited = this.#resources.filter((name) => (user[name] ?? -1) >= 0);
    const used =
      limited.length === 0 ? undefined : await countUsage(this.#tx, this.#service, limited, owner.projectId, memberId);
    const amounts = limited.map((name) => [name, { limit: user[name] ?? -1, used: used?.[name] ?? 0 }]);
    return Object.fromEntries(amounts) as Readonly<Partial<Record<QuotaResource<S>, QuotaAmount>>>;
  }

  /** The limit and current usage of the locked resources that have a limit. */
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
