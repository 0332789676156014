import { ExpectedError } from '#libs/contracts';
import type { FlavorData, ServerCreateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ImageCatalog } from '../../image/image-catalog.js';
import type { InstanceCasts } from '../../instances/instance-casts.js';
import type { InstanceNetworking } from '../../instances/instance-networking.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { requireFlavor } from '../flavors/flavor-rows.js';
import { findKeypair } from '../keypairs/keypair.service.js';
import { reserveServers } from '../quota-check.js';
import type { QuotaLimits } from '../quota-check.js';
import { requireMetadataQuota } from './server-metadata.js';
import { checkImage, serverRows } from './server-request.js';
import type { ServerRequest } from './server-request.js';

/** `POST /servers`: all checks, the rows in BUILD and the casts of the first step, in one transaction. */
export class ServerCreation {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly networking: InstanceNetworking,
    private readonly images: ImageCatalog,
    private readonly casts: InstanceCasts,
    private readonly limits: QuotaLimits,
  ) {}

  /** The new servers. Errors: FlavorNotFound, ImageNotFound, KeypairNotFound, QuotaExceeded, those of networks, … */
  async create(context: RequestContext, args: ServerCreateArgs): Promise<InstanceRow[]> {
    this.#authorize(context, args);
    if (args.min_count > args.max_count) {
      throw new ExpectedError('InvalidInput', 'min_count must be <= max_count');
    }
    requireMetadataQuota(this.limits, args.metadata ?? {});
    return this.store.transaction(
      async (tx) => {
        const request = await this.#lookUp(tx, context, args);
        const wanted = { min: args.min_count, max: args.max_count };
        const projectId = context.project_id ?? '';
        const count = await reserveServers(tx, this.limits, projectId, request.flavor, wanted);
        const rows = await tx
          .insertInto('instances')
          .values(serverRows(context, request, count))
          .returningAll()
          .execute();
        for (const row of rows) await this.casts.build(tx, context, row.id);
        return rows.toSorted((a, b) => a.launch_index - b.launch_index);
      },
      { name: 'server_create' },
    );
  }

  #authorize(context: RequestContext, args: ServerCreateArgs): void {
    const target = { project_id: context.project_id, user_id: context.user_id };
    this.authorizer.authorize(context, 'compute', 'os_compute_api:servers:create', target);
    if (args.network_mode === 'list' && args.networks.length > 0) {
      this.authorizer.authorize(context, 'compute', 'os_compute_api:servers:create:attach_network', target);
    }
  }

  async #lookUp(tx: Transaction, context: RequestContext, args: ServerCreateArgs): Promise<ServerRequest> {
    const flavor = await requireFlavor(tx, context, args.flavor_ref);
    if (args.image_ref !== '') await this.#checkImage(tx, context, args.image_ref, flavor);
    if (args.availability_zone !== undefined) await requireZone(tx, args.availability_zone);
    const keypair = await this.#keypair(tx, context, args.key_name);
    const networks = await this.networking.resolve(tx, context, args.network_mode, args.networks);
    const single = networks.some((network) => network.port !== undefined || network.fixed_ip !== undefined);
    if (single && args.max_count > 1) {
      throw new ExpectedError(
        'NetworkInvalid',
        'Unable to launch multiple instances with a single configured port ID or fixed IP.',
      );
    }
    return { args, flavor, keypair, networks };
  }

  async #checkImage(tx: Queries, context: RequestContext, id: string, flavor: FlavorData): Promise<void> {
    const image = await this.images.find(context, id, tx);
    if (image === null) throw new ExpectedError('ImageInvalid', `Image ${id} could not be found.`, { image_id: id });
    checkImage(image, flavor);
  }

  async #keypair(tx: Queries, context: RequestContext, name: string | undefined): Promise<ServerRequest['keypair']> {
    if (name === undefined) return null;
    const keypair = await findKeypair(tx, context.user_id ?? '', name);
    if (keypair === undefined) {
      throw new ExpectedError('KeyNameInvalid', 'Invalid key_name provided.', { key_name: name });
    }
    return keypair;
  }
}

async function requireZone(tx: Queries, zone: string): Promise<void> {
  const found = await tx
    .selectFrom('services')
    .select('id')
    .where('binary', '=', 'albireo-compute')
    .where('zone', '=', zone)
    .limit(1)
    .executeTakeFirst();
  if (found === undefined) {
    throw new ExpectedError('InvalidInput', 'The requested availability zone is not available', { zone });
  }
}
