import { ExpectedError, POWER_STATE } from '#libs/contracts';
import type { ServerEventsArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { recordAction } from '../../instances/instance-actions.js';
import type { InstanceCasts } from '../../instances/instance-casts.js';
import type { InstanceNetworking } from '../../instances/instance-networking.js';
import { lockInstance } from '../../instances/instance-row.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import { changeInstance } from '../../instances/instance-states.js';
import type { InstanceNotices } from '../../notifications/instance-notices.js';
import type { Store, Transaction } from '../../store/index.js';

type ServerEvent = ServerEventsArgs['events'][number];

interface EventServices {
  readonly store: Store;
  readonly casts: InstanceCasts;
  readonly networking: InstanceNetworking;
  readonly notices: InstanceNotices;
}

/** By the tag of a `power-update`: the servers to which it applies, and the action that follows. */
const POWER_UPDATES = {
  POWER_ON: { action: 'start', vmState: 'stopped', power: POWER_STATE.SHUTDOWN, task: 'powering-on' },
  POWER_OFF: { action: 'stop', vmState: 'active', power: POWER_STATE.RUNNING, task: 'powering-off' },
} as const;

/**
 * Effects of other services' events on servers that have a host (nova's `external_instance_event`). No step waits for
 * an event: the state of ports is in the same database, and there are no volumes or accelerators.
 */
export class ServerEventEffects {
  constructor(private readonly services: EventServices) {}

  async of(context: RequestContext, event: ServerEvent): Promise<void> {
    const effect = this.#effect(event);
    if (effect === undefined) return;
    await this.services.store.transaction(
      async (tx) => {
        const row = await lockInstance(tx, event.server_uuid);
        if (row !== undefined && row.host !== null) await effect(tx, context, row, row.host);
      },
      { name: `server_event_${event.name}` },
    );
  }

  #effect({
    name,
    tag,
  }: ServerEvent):
    | ((tx: Transaction, context: RequestContext, row: InstanceRow, host: string) => Promise<void>)
    | undefined {
    const { casts, networking, notices } = this.services;
    switch (name) {
      case 'network-changed':
        return (tx, context, row, host) => casts.step(tx, context, host, 'refresh_network', row);
      case 'network-vif-deleted':
        return async (tx, context, row, host) => {
          // The port may have been deleted by the Network API; the guest loses its NIC in any case.
          await networking.detach(tx, row, tag ?? '').catch((error: unknown) => {
            if (!(error instanceof ExpectedError)) throw error;
          });
          await casts.step(tx, context, host, 'refresh_network', row);
        };
      case 'power-update': {
        if (tag !== 'POWER_ON' && tag !== 'POWER_OFF') return undefined;
        const { action, vmState, power, task } = POWER_UPDATES[tag];
        return async (tx, context, row, host) => {
          await recordAction(tx, context, [row.id], action);
          if (row.vm_state !== vmState || row.power_state !== power || row.task_state !== null) return;
          await changeInstance(tx, row.id, { task_state: [null] }, { task_state: task, task_arguments: null });
          notices.changedAfter(tx, row, { task_state: task });
          await casts.step(tx, context, host, action, { id: row.id, task_state: task });
        };
      }
      default:
        return undefined;
    }
  }
}
