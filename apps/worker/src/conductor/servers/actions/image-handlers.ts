import { ExpectedError } from '#libs/contracts';
import { requireMetadataQuota } from '../server-metadata.js';
import type { ActionHandlers, ActionInHand, ActionOutcome, ActionServices, ServerOwner } from './action-handler.js';
import { recordEvents } from '../../../instances/instance-actions.js';
import type { SnapshotRequest } from '../../../image/snapshot-images.js';
import { ownerOf } from './action-handler.js';
import { requireHost, requireZone } from '../destination.js';
import { noValidHost, zoneOf } from './hosts.js';

/** Images of servers; the image of a shelved server is one too. */
export const imageHandlers: ActionHandlers = {
  create_image: {
    hold: holdImage,
    begin: (services, hand) =>
      snapshot(services, hand, { name: String(hand.body['name']), type: 'snapshot', properties: {} }),
  },
  create_backup: {
    hold: holdImage,
    async begin(services, hand) {
      const { name, backup_type: type, rotation } = hand.body;
      const properties = { backup_type: String(type) };
      const outcome = await snapshot(services, hand, { name: String(name), type: 'backup', properties });
      return {
        ...outcome,
        taskArguments: { ...outcome.taskArguments, backup_type: type, rotation },
        // An image that the rotation deletes at once has no location to return.
        ...(rotation === 0 && hand.microversion < 45 && { result: {} }),
      };
    },
  },
  shelve: {
    hold: holdImage,
    async begin({ snapshots }, { tx, context, row }) {
      // An image from earlier: the server was deleted and restored while it was shelved.
      if (row.shelved_image_id !== null) await snapshots.remove(tx, row.shelved_image_id);
      const request = { name: `${row.name}-shelved`, type: 'snapshot', properties: {} } as const;
      const id = await snapshots.insert(tx, context, row, request);
      return { changes: { shelved_image_id: id } };
    },
  },
};

async function holdImage(
  { snapshots }: ActionServices,
  tx: ActionInHand['tx'],
  owner: ServerOwner,
): Promise<undefined> {
  await snapshots.hold(tx, owner.project_id);
  return undefined;
}

async function snapshot(
  { quotas, snapshots }: ActionServices,
  { tx, context, row, body, microversion }: ActionInHand,
  request: SnapshotRequest,
): Promise<ActionOutcome> {
  const metadata = recordOf(body['metadata']);
  if (microversion < 39) requireMetadataQuota(await quotas.limits(tx, 'compute', row.project_id), metadata);
  const properties = { ...metadata, ...request.properties };
  const id = await snapshots.insert(tx, context, row, { ...request, properties });
  return { taskArguments: { image_id: id }, result: { image_id: id } };
}

function recordOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

/** Unshelves servers. */
export const shelveHandlers: ActionHandlers = {
  unshelve: {
    async begin(services, hand) {
      const { tx, context, row, body } = hand;
      const zone = body['availability_zone'];
      const host = typeof body['host'] === 'string' ? body['host'] : null;
      const namesPlace = zone !== undefined || host !== null;
      if (namesPlace && row.vm_state !== 'shelved_offloaded') {
        const text =
          `Specifying an availability zone or a host when unshelving server "${row.id}" with status "${row.vm_state}" ` +
          'is not supported. The server status must be SHELVED_OFFLOADED.';
        throw new ExpectedError('Conflict', text);
      }
      if (typeof zone === 'string') await requireZone(tx, zone);
      const pinned = row.request_spec.availability_zone ?? null;
      const wanted = zone === undefined ? pinned : typeof zone === 'string' ? zone : null;
      if (host !== null) {
        services.authorizer.authorize(context, 'compute', 'os_compute_api:os-shelve:unshelve_to_host', ownerOf(row));
        await requireHost(tx, host);
        if (wanted !== null && (await zoneOf(tx, host)) !== wanted) {
          const text = `Host "${host}" is not in the availability zone "${wanted}".`;
          throw new ExpectedError('Conflict', text);
        }
      }
      if (row.vm_state === 'shelved') return {};
      const placed = { ...row, availability_zone: wanted };
      await recordEvents(tx, context, row.id, { get_image_info: null });
      const chosen = await services.chooser.claim(tx, placed, { only: host, except: [] });
      if (chosen === null) {
        const reason = 'There are not enough hosts available.';
        return noValidHost(services, hand, { events: ['schedule_instances'], reason });
      }
      await recordEvents(tx, context, row.id, { schedule_instances: null });
      return {
        changes: {
          host: chosen.host,
          node: chosen.node,
          availability_zone: chosen.zone,
          request_spec: JSON.stringify({ ...row.request_spec, availability_zone: wanted }),
        },
        next: () => services.casts.step(tx, context, chosen.host, 'unshelve', row),
      };
    },
  },
};
