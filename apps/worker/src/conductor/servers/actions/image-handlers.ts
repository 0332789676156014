import { requireMetadataQuota } from '../server-metadata.js';
import type { ActionHandlers, ActionInHand, ActionOutcome, ActionServices, ServerOwner } from './action-handler.js';
import type { SnapshotRequest } from '../../../image/snapshot-images.js';

/** Images of servers; a shelved server's is one, too. */
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
        // One that is rotated away at once is no place to look at.
        ...(rotation === 0 && hand.microversion < 45 && { result: {} }),
      };
    },
  },
  shelve: {
    hold: holdImage,
    async begin({ snapshots }, { tx, context, row }) {
      // That of an earlier time, of a server that was deleted and restored while it was shelved.
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
