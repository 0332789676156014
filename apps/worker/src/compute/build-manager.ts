import { sql } from 'kysely';
import { POWER_STATE } from '#libs/contracts';
import type { PortData } from '#libs/contracts';
import type { Delivery } from '#libs/messaging';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import type { GuestDescription, VirtDriver } from '../drivers/virt-driver.js';
import { beginEvent, endEvent } from '../instances/instance-actions.js';
import { faultOf } from '../instances/instance-faults.js';
import type { InstanceCasts } from '../instances/instance-casts.js';
import type { InstanceLifecycle } from '../instances/instance-lifecycle.js';
import type { InstanceNetworking } from '../instances/instance-networking.js';
import type { InstanceNotices } from '../notifications/instance-notices.js';
import type { InstanceRow } from '../instances/instance-row.js';
import { changeInstance, clock } from '../instances/instance-states.js';
import { StoreError, isDatabaseAway, reachStep, sqlState } from '../store/index.js';
import type { PostgresDeliveryLedger, Store, Transaction } from '../store/index.js';
import type { ComputeSettings } from './compute-host.js';
import { guestOf } from './guest.js';

const log = getLogger('albireo.compute');

/** The build's event in os-instance-actions. */
const BUILD_EVENT = 'compute__do_build_and_run_instance';

/** The input of a build; `ports` are bound to the server. */
interface Begun {
  readonly instance: InstanceRow;
  readonly ports: readonly PortData[];
}

/**
 * The third step of a build: ports, guest, ACTIVE. Another worker may repeat every part after a crash. A delete may
 * come between any two parts: then everything that was created is removed again.
 */
export class BuildManager {
  constructor(
    private readonly store: Store,
    private readonly ledger: PostgresDeliveryLedger,
    private readonly driver: VirtDriver,
    private readonly networking: InstanceNetworking,
    private readonly lifecycle: InstanceLifecycle,
    private readonly settings: ComputeSettings,
    private readonly notices: InstanceNotices,
    private readonly casts: InstanceCasts,
  ) {}

  async build(context: RequestContext, instanceId: string, delivery: Delivery): Promise<void> {
    try {
      const begun = await this.#begin(context, instanceId, delivery);
      if (begun === null) return await this.#abandon(instanceId, delivery);
      const startedAt = performance.now();
      await this.#spawn(begun, delivery);
      if (!(await this.#finish(context, begun, delivery))) return await this.#abandon(instanceId, delivery);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
      log.info(`Took ${seconds} seconds to build the server on ${begun.instance.host ?? ''}`, { instance: instanceId });
    } catch (error) {
      if (!this.#isFinal(error, delivery)) throw error;
      await this.#fail(context, instanceId, error, delivery);
    }
  }

  /** Takes over the server; its ports exist afterwards. Null if it is no longer to be built. */
  #begin(context: RequestContext, instanceId: string, delivery: Delivery): Promise<Begun | null> {
    return this.store.transaction(
      async (tx) => {
        // Read before its row is locked: during a build only a server's state and host change.
        const found = await tx.selectFrom('instances').selectAll().where('id', '=', instanceId).executeTakeFirst();
        const host = found?.host ?? '';
        if (found === undefined || !this.settings.hosts.includes(host)) return null;
        const { project_id: projectId, requested_networks: requested } = found;
        // Only the build itself adds ports to a server that is being built.
        const needsPorts = requested.length > 0;
        const hold = needsPorts ? await this.networking.holdPortsOf(tx, projectId) : undefined;
        const building = { vm_state: ['building'], task_state: ['networking', 'spawning'], host: [host] } as const;
        if (!(await changeInstance(tx, instanceId, building, { task_state: 'spawning' }))) return null;
        const security_groups = found.request_spec.security_groups ?? found.security_groups;
        const request = { instance_id: instanceId, project_id: projectId, host, requested, security_groups };
        const ports = needsPorts ? await this.networking.allocate(tx, request, hold) : [];
        await this.ledger.requireIn(tx, delivery);
        this.store.atEnd(tx, () => beginEvent(tx, context, instanceId, BUILD_EVENT, host));
        this.notices.changedAfter(tx, found, { task_state: 'spawning' });
        this.notices.tellAfter(tx, 'create.start', instanceId);
        if (found.task_state === 'networking') this.notices.portsMadeAfter(tx, ports);
        return { instance: found, ports };
      },
      { name: 'build.begin' },
    );
  }

  async #spawn({ instance, ports }: Begun, delivery: Delivery): Promise<void> {
    const guest = this.#guest(instance);
    reachStep('driver.before', 'spawn');
    await this.driver.spawn(guest, ports, { task: delivery.uniqueId, signal: delivery.signal });
    reachStep('driver.after', 'spawn');
  }

  #finish(context: RequestContext, { instance, ports }: Begun, delivery: Delivery): Promise<boolean> {
    const { id: instanceId } = instance;
    return this.store.transaction(
      async (tx) => {
        const active = await changeInstance(
          tx,
          instanceId,
          { vm_state: ['building'], task_state: ['spawning'] },
          { vm_state: 'active', task_state: null, power_state: POWER_STATE.RUNNING, launched_at: clock },
        );
        if (!active) return false;
        if (ports.length > 0) this.store.atEnd(tx, () => this.networking.activate(tx, instance));
        this.store.atEnd(tx, () => endEvent(tx, context, instanceId, BUILD_EVENT));
        this.store.atEnd(tx, () => countBuild(tx, instance.host, 'built'));
        await this.ledger.completeIn(tx, delivery);
        const before = { id: instanceId, vm_state: 'building', task_state: 'spawning' } as const;
        this.notices.changedAfter(tx, before, { vm_state: 'active', task_state: null });
        this.notices.tellAfter(tx, 'create.end', instanceId, 'Success');
        return true;
      },
      { name: 'build.finish' },
    );
  }

  /** Another operation has ended the build: nothing of a deleted or failed server may stay on the host. */
  async #abandon(instanceId: string, delivery: Delivery): Promise<void> {
    const instance = await this.store.db
      .selectFrom('instances')
      .selectAll()
      .where('id', '=', instanceId)
      .executeTakeFirst();
    if (instance !== undefined && (instance.deleted || instance.task_state === 'deleting' || instance.host === null)) {
      log.info('The build ends: the server is gone or was given up', { instance: instanceId });
      const guest = this.#guest(instance);
      reachStep('driver.before', 'destroy');
      await this.driver.destroy(guest, { task: delivery.uniqueId, signal: delivery.signal });
      reachStep('driver.after', 'destroy');
    }
    await this.store.transaction((tx) => this.ledger.completeIn(tx, delivery), { name: 'build.abandon' });
  }

  async #fail(context: RequestContext, instanceId: string, error: unknown, delivery: Delivery): Promise<void> {
    log.exception(error instanceof Error ? error : new Error(String(error)), `Build of server ${instanceId} failed`);
    if (await this.#tryElsewhere(context, instanceId, error, delivery)) return;
    const failed = await this.store.transaction(
      async (tx) => {
        const fault = faultOf(error);
        const instance = await tx
          .selectFrom('instances')
          .select('host')
          .where('id', '=', instanceId)
          .executeTakeFirst();
        const done = await this.lifecycle.failBuild(tx, instanceId, fault);
        if (done) await endEvent(tx, context, instanceId, BUILD_EVENT, fault);
        if (done) await countBuild(tx, instance?.host ?? null, 'failed');
        if (done) await this.ledger.requireIn(tx, delivery);
        return done;
      },
      { name: 'build.fail' },
    );
    if (failed) log.warning('The server is in ERROR', { instance: instanceId });
    // Also removes everything that the driver had begun; after a crash before this, the next run of this cast finishes
    // it.
    await this.#abandon(instanceId, delivery);
  }

  #guest(instance: InstanceRow): GuestDescription {
    const { host, instanceNameTemplate } = this.settings;
    return guestOf(instance, instance.host ?? host, instanceNameTemplate);
  }

  /**
   * Sends the server back to the scheduler if there is another host to try. Everything that was begun here is removed
   * first.
   */
  async #tryElsewhere(
    context: RequestContext,
    instanceId: string,
    error: unknown,
    delivery: Delivery,
  ): Promise<boolean> {
    const { hosts, buildAttempts } = this.settings;
    const { db } = this.store;
    const instance = await db.selectFrom('instances').selectAll().where('id', '=', instanceId).executeTakeFirst();
    if (instance === undefined || instance.vm_state !== 'building' || !hosts.includes(instance.host ?? ''))
      return false;
    const { tried_hosts: tried = [], alternates = [], forced = false } = instance.request_spec;
    if (forced || alternates.length === 0 || tried.length + 1 >= buildAttempts) return false;
    reachStep('driver.before', 'destroy');
    await this.driver.destroy(this.#guest(instance), { task: delivery.uniqueId, signal: delivery.signal });
    reachStep('driver.after', 'destroy');
    const fault = faultOf(error);
    return this.store.transaction(
      async (tx) => {
        const moved = await this.lifecycle.reschedule(tx, instance, fault);
        if (!moved) return false;
        await endEvent(tx, context, instanceId, BUILD_EVENT, fault);
        await countBuild(tx, instance.host, 'failed');
        await this.casts.schedule(tx, context, instanceId);
        await this.ledger.completeIn(tx, delivery);
        this.store.afterCommit(tx, () => log.warning('The build is tried on another host', { instance: instanceId }));
        return true;
      },
      { name: 'build.reschedule' },
    );
  }

  /** Whether a retry cannot help, or has not helped. After a database error the next run tries again. */
  #isFinal(error: unknown, delivery: Delivery): boolean {
    if (error instanceof StoreError || isDatabaseAway(error)) return false;
    if (delivery.signal.aborted) return false;
    return sqlState(error) === null || delivery.attempts >= this.settings.maxAttempts;
  }
}

/** Counts the builds of a host that failed since the last that did not, for the BuildFailureWeigher. */
async function countBuild(tx: Transaction, host: string | null, outcome: 'built' | 'failed'): Promise<void> {
  const change = sql`update compute_nodes`;
  if (outcome === 'failed') await sql`${change} set failed_builds = failed_builds + 1 where host = ${host}`.execute(tx);
  else await sql`${change} set failed_builds = 0 where host = ${host} and failed_builds > 0`.execute(tx);
}
