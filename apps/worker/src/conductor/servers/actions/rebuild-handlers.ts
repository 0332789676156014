import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ImageData } from '#libs/contracts';
import { findKeypair } from '../../keypairs/keypair.service.js';
import { recordEvents } from '../../../instances/instance-actions.js';
import type { InstanceChanges } from '../../../instances/instance-states.js';
import { requireMetadataQuota } from '../server-metadata.js';
import { checkImage, describedImage, requireResizable } from '../server-request.js';
import { ownerOf } from './action-handler.js';
import type { ActionHandlers, ActionInHand, ActionServices } from './action-handler.js';

type Body = Readonly<Record<string, unknown>>;

/** Rescue and rebuild: both take an image. */
export const rebuildHandlers: ActionHandlers = {
  rescue: {
    async begin({ images }, { tx, context, body }) {
      const ref = body['rescue_image_ref'];
      if (typeof ref !== 'string') return {};
      if ((await images.find(context, ref, tx)) === null) {
        throw new ExpectedError('ImageInvalid', `Requested rescue image '${ref}' is not supported`);
      }
      return { taskArguments: { rescue_image_ref: ref } };
    },
  },
  rebuild: {
    async begin(services, hand) {
      const { tx, row, body } = hand;
      const image = await requireImage(services, hand, String(body['imageRef']));
      const metadata = recordOf(body['metadata']);
      if (metadata !== undefined) {
        requireMetadataQuota(await services.quotas.limits(tx, 'compute', row.project_id), metadata);
      }
      const key = await keyOf(hand);
      const userData = body['user_data'];
      await recordEvents(tx, hand.context, row.id, { rebuild_server: null });
      services.notices.tellAfter(tx, 'rebuild.scheduled', row.id);
      return {
        changes: {
          image_ref: String(body['imageRef']),
          progress: 0,
          image_properties: JSON.stringify(describedImage(image)),
          ...textColumns(body),
          ...certificatesOf(services, hand),
          ...key,
          ...(metadata !== undefined && { metadata: sql<string>`${JSON.stringify(metadata)}::jsonb` }),
        },
        taskArguments: { state: row.vm_state === 'stopped' ? 'stopped' : 'active' },
        result: { user_data: userData === undefined ? row.user_data : textOrNull(userData) },
      };
    },
  },
};

async function requireImage({ images }: ActionServices, hand: ActionInHand, id: string): Promise<ImageData> {
  const { tx, context, row, body } = hand;
  const image = await images.find(context, id, tx);
  if (image === null) throw new ExpectedError('ImageInvalid', 'Cannot find image for rebuild');
  checkImage(image, row.flavor);
  requireResizable(image, body['OS-DCF:diskConfig'] === 'AUTO');
  return image;
}

/** Sets the certificates, or removes them for null; this has a policy rule of its own. */
function certificatesOf({ authorizer }: ActionServices, { context, row, body }: ActionInHand): InstanceChanges {
  const ids = body['trusted_image_certificates'];
  if (ids === undefined) return {};
  authorizer.authorize(context, 'compute', 'os_compute_api:servers:rebuild:trusted_certs', ownerOf(row));
  return { trusted_certs: Array.isArray(ids) && ids.length > 0 ? JSON.stringify(ids) : null };
}

/** The columns of fields that are stored unchanged; absent fields keep their values. */
function textColumns(body: Body): InstanceChanges {
  const diskConfig = body['OS-DCF:diskConfig'];
  const columns = {
    name: body['name'],
    description: body['description'],
    hostname: body['hostname'],
    user_data: body['user_data'],
    access_ip_v4: body['accessIPv4'],
    access_ip_v6: body['accessIPv6'],
    auto_disk_config: diskConfig === undefined ? undefined : diskConfig === 'AUTO',
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

/** The caller's key pair, as in nova; null removes the key. Error: KeyNameInvalid. */
async function keyOf({ tx, context, body }: ActionInHand): Promise<InstanceChanges> {
  const name = body['key_name'];
  if (name === null) return { key_name: null, public_key: null };
  if (typeof name !== 'string') return {};
  const keypair = await findKeypair(tx, context.user_id ?? '', name);
  if (keypair === undefined)
    throw new ExpectedError('KeyNameInvalid', 'Invalid key_name provided.', { key_name: name });
  return { key_name: keypair.name, public_key: keypair.public_key };
}

function recordOf(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
