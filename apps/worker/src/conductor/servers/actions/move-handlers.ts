import { ExpectedError } from '#libs/contracts';
import { checkImage } from '../server-request.js';
import type { FlavorData } from '#libs/contracts';
import type { QuotaHold } from '../../../quota/quotas.js';
import { holdServers, serverAmounts } from '../../quota-check.js';
import { requireFlavor } from '../../flavors/flavor-rows.js';
import { recordEvents } from '../../../instances/instance-actions.js';
import { beginMove, currentMove, setMoveStatus, undoMove } from '../../../instances/instance-moves.js';
import type { InstanceRow } from '../../../instances/instance-row.js';
import type { ActionHandlers, ActionInHand, ActionOutcome, ActionServices } from './action-handler.js';
import { ownerOf } from './action-handler.js';
import { requireHost } from '../destination.js';
import { noValidHost, requireUp, toPlace } from './hosts.js';

/** Moves that end in VERIFY_RESIZE, and their confirm and revert. */
export const moveHandlers: ActionHandlers = {
  resize: {
    hold: ({ quotas }, tx, { project_id, user_id }) => holdServers(tx, quotas, project_id, user_id),
    async begin(services, hand) {
      const { tx, context, row, body, held } = hand;
      await requireUp(services, tx, row.host ?? '');
      const flavor = await newFlavor(hand, String(body['flavorRef']));
      if (flavor.id === row.flavor_id) {
        throw new ExpectedError('FlavorInvalid', 'When resizing, instances must change flavor!');
      }
      if (flavor.disk === 0 && row.flavor.disk !== 0) {
        const text = 'Server disk was unable to be resized because: Resize to zero disk flavor is not allowed.';
        throw new ExpectedError('FlavorInvalid', text);
      }
      if (held !== undefined) await requireUpsize(held, row, flavor);
      const image = row.image_ref === '' ? null : await services.images.find(context, row.image_ref, tx);
      if (image !== null) checkImage(image, flavor);
      return move(services, hand, { type: 'resize', flavor, host: null, sameHost: services.resizeToSameHost() });
    },
  },
  migrate: {
    async begin(services, hand) {
      const { tx, context, row, body } = hand;
      const host = typeof body['host'] === 'string' ? body['host'] : null;
      if (host !== null) {
        const rule = 'os_compute_api:os-migrate-server:migrate:host';
        services.authorizer.authorize(context, 'compute', rule, ownerOf(row));
      }
      await requireUp(services, tx, row.host ?? '');
      if (host !== null && host === row.host) {
        throw new ExpectedError('InvalidInput', 'Cannot migrate to the host where the server exists.');
      }
      if (host !== null) await requireHost(tx, host);
      return move(services, hand, { type: 'migration', flavor: row.flavor, host, sameHost: false });
    },
  },
  confirm_resize: {
    async begin(services, { tx, context, row }) {
      const found = await requireResized(tx, row);
      const source = found.source_compute ?? '';
      await requireUp(services, tx, source);
      await setMoveStatus(tx, found, 'confirming');
      return { next: () => services.casts.step(tx, context, source, 'confirm_resize', row) };
    },
  },
  revert_resize: {
    hold: ({ quotas }, tx, { project_id, user_id }) => holdServers(tx, quotas, project_id, user_id),
    async begin(services, { tx, context, row, held }) {
      const found = await requireResized(tx, row);
      const old = found.old_flavor ?? row.flavor;
      if (held !== undefined) await requireUpsize(held, row, old);
      await setMoveStatus(tx, found, 'reverting');
      const counted = { vcpus: Math.max(old.vcpus, row.vcpus), ram: Math.max(old.ram, row.ram) };
      const host = row.host ?? '';
      return { changes: counted, next: () => services.casts.step(tx, context, host, 'revert_resize', row) };
    },
  },
};

async function newFlavor({ tx, context }: ActionInHand, ref: string): Promise<InstanceRow['flavor']> {
  const found = await requireFlavor(tx, context, ref).catch((error: unknown) => {
    if (error instanceof ExpectedError && error.code === 'FlavorNotFound') return null;
    throw error;
  });
  if (found === null || found.disabled) {
    throw new ExpectedError('FlavorInvalid', `Flavor ${ref} could not be found.`, { flavor_id: ref });
  }
  return found;
}

async function requireResized(
  tx: ActionInHand['tx'],
  row: InstanceRow,
): Promise<NonNullable<Awaited<ReturnType<typeof currentMove>>>> {
  const found = await currentMove(tx, row.id);
  if (found?.status === 'finished') return found;
  throw new ExpectedError('InvalidInput', 'Instance has not been resized.');
}

interface Move {
  readonly type: 'resize' | 'migration';
  readonly flavor: InstanceRow['flavor'];
  /** The requested host. */
  readonly host: string | null;
  readonly sameHost: boolean;
}

/** Claims the other host and sends a step to the server's own host, which releases the guest. */
async function move(
  services: ActionServices,
  hand: ActionInHand,
  { type, flavor, host, sameHost }: Move,
): Promise<ActionOutcome> {
  const { tx, context, row, body } = hand;
  const source = row.host ?? '';
  const begun = await beginMove(tx, {
    instance_id: row.id,
    migration_type: type,
    status: 'migrating',
    source_compute: row.host,
    source_node: row.node,
    requested_host: host,
    old_flavor: JSON.stringify(row.flavor),
    new_flavor: JSON.stringify(flavor),
    old_vm_state: row.vm_state,
    old_power_state: row.power_state,
    user_id: context.user_id,
    project_id: context.project_id,
  });
  const bounds = { only: host, except: sameHost ? [] : [source] };
  const chosen = await services.chooser.claim(tx, { ...toPlace(row), flavor }, bounds);
  if (chosen === null) {
    await undoMove(tx, begun, 'error');
    const events = ['conductor_migrate_server', 'cold_migrate'];
    return noValidHost(services, hand, { events, reason: 'No valid host found for resize' });
  }
  const { host: dest_compute, node: dest_node } = chosen;
  const events = { conductor_migrate_server: null, cold_migrate: null, compute_prep_resize: dest_compute };
  await recordEvents(tx, context, row.id, events);
  await tx.updateTable('migrations').set({ dest_compute, dest_node }).where('id', '=', begun.id).execute();
  // Counted with the larger of both until the resize is confirmed or reverted.
  const counted = { vcpus: Math.max(flavor.vcpus, row.vcpus), ram: Math.max(flavor.ram, row.ram) };
  return {
    changes: { progress: 0, auto_disk_config: body['OS-DCF:diskConfig'] === 'AUTO', ...counted },
    next: () => services.casts.step(tx, context, source, 'resize_instance', row),
  };
}

/** Checks whether the quota allows the difference to a larger flavor. Error: QuotaExceeded, with nova's text. */
async function requireUpsize(
  held: QuotaHold<'compute'>,
  row: InstanceRow,
  flavor: Pick<FlavorData, 'vcpus' | 'ram'>,
): Promise<void> {
  const more = { cores: flavor.vcpus - row.vcpus, ram: flavor.ram - row.ram };
  const amounts = await serverAmounts(held, row.project_id);
  const over = (['cores', 'ram'] as const).filter((name) => {
    const amount = amounts[name];
    return amount !== undefined && more[name] > 0 && amount.used + more[name] > amount.limit;
  });
  if (over.length === 0) return;
  const join = (value: (name: 'cores' | 'ram') => string | number | undefined): string => over.map(value).join(', ');
  const text =
    `Quota exceeded for ${join((name) => name)}: Requested ${join((name) => more[name])}, ` +
    `but already used ${join((name) => amounts[name]?.used)} of ${join((name) => amounts[name]?.limit)} ${join((name) => name)}`;
  throw new ExpectedError('QuotaExceeded', text, { overs: over });
}
