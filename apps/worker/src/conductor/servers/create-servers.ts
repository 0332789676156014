import { ExpectedError } from '#libs/contracts';
import type { FlavorData, ImageData, ServerCreateArgs, InjectedFile } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ImageCatalog } from '../../image/image-catalog.js';
import type { InstanceCasts } from '../../instances/instance-casts.js';
import { actionRows } from '../../instances/instance-actions.js';
import type { InstanceNetworking } from '../../instances/instance-networking.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Quotas } from '../../quota/quotas.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { requireFlavor } from '../flavors/flavor-rows.js';
import { findKeypair } from '../keypairs/keypair.service.js';
import { joinGroup } from '../server-groups/group-members.js';
import { holdServers, roomForServers } from '../quota-check.js';
import { serverDisks } from './block-devices.js';
import { requestedDestination } from './destination.js';
import { requireMetadataQuota } from './server-metadata.js';
import { checkImage, describedImage, requireResizable, serverRows } from './server-request.js';
import type { ServerRequest } from './server-request.js';
import type { Amounts } from '../../quota/quota-resources.js';

/** The objects that a create names, while they are looked up. */
interface NamedObjects {
  readonly flavor: Promise<FlavorData>;
  readonly image: Promise<ImageData | null>;
}

/** `POST /servers`: all checks, the rows in BUILD and the casts of the first step, in one transaction. */
export class ServerCreation {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly networking: InstanceNetworking,
    private readonly images: ImageCatalog,
    private readonly casts: InstanceCasts,
    private readonly quotas: Quotas,
  ) {}

  /**
   * Returns the new servers. Errors: FlavorNotFound, ImageNotFound, KeypairNotFound, QuotaExceeded, those of networks,
   * …
   */
  async create(context: RequestContext, args: ServerCreateArgs): Promise<InstanceRow[]> {
    this.#authorize(context, args);
    // A rule that compares projects passes if both are missing; with enforce_scope off, a token without a project gets
    // this far.
    if (context.project_id === null) {
      throw new ExpectedError('PolicyNotAuthorized', 'A server needs a project, and the token has none.');
    }
    if (args.min_count > args.max_count) {
      throw new ExpectedError('InvalidInput', 'min_count must be <= max_count');
    }
    if (args.network_mode === 'auto') await this.networking.provideNetwork(this.store.db, context);
    return this.quotas.inTurn(context.project_id, () =>
      this.store.transaction(
        async (tx) => {
          const projectId = context.project_id ?? '';
          // Sent together with the query for the limits.
          const holding = holdServers(tx, this.quotas, projectId, context.user_id);
          const named = this.#named(tx, context, args);
          const hold = await holding;
          const limits = hold.limits({ projectId });
          requireMetadataQuota(limits, args.metadata ?? {});
          requireFilesQuota(limits, args.personality ?? []);
          const request = await this.#lookUp(tx, context, args, named);
          const wanted = { min: args.min_count, max: args.max_count };
          const count = await roomForServers(hold, projectId, request.flavor, wanted);
          const rows = await insertServers(tx, context, request, count);
          const servers = rows.toSorted((a, b) => a.launch_index - b.launch_index);
          // The scheduler finds the others of the request itself: they get hosts together.
          for (const { id } of servers.slice(0, 1)) await this.casts.schedule(tx, context, id);
          return servers;
        },
        { name: 'server_create' },
      ),
    );
  }

  #authorize(context: RequestContext, args: ServerCreateArgs): void {
    const target = { project_id: context.project_id, user_id: context.user_id };
    this.authorizer.authorize(context, 'compute', 'os_compute_api:servers:create', target);
    if (args.network_mode === 'list' && args.networks.length > 0) {
      this.authorizer.authorize(context, 'compute', 'os_compute_api:servers:create:attach_network', target);
    }
    if ((args.block_devices ?? []).length > 0) {
      this.authorizer.authorize(context, 'compute', 'os_compute_api:servers:create:attach_volume', target);
    }
    if ((args.trusted_image_certificates ?? []).length > 0) {
      this.authorizer.authorize(context, 'compute', 'os_compute_api:servers:create:trusted_certs', target);
    }
  }

  /** Looks up flavor and image; their errors are thrown where the results are awaited. */
  #named(tx: Transaction, context: RequestContext, args: ServerCreateArgs): NamedObjects {
    const flavor = requireFlavor(tx, context, args.flavor_ref);
    const image = args.image_ref === '' ? Promise.resolve(null) : this.images.find(context, args.image_ref, tx);
    for (const asked of [flavor, image]) asked.catch(() => undefined);
    return { flavor, image };
  }

  async #lookUp(
    tx: Transaction,
    context: RequestContext,
    args: ServerCreateArgs,
    named: NamedObjects,
  ): Promise<ServerRequest> {
    const flavor = await named.flavor;
    const disks = serverDisks(args, flavor);
    for (const { image_id: id } of disks) {
      if (typeof id !== 'string' || id === args.image_ref || (await this.images.find(context, id, tx)) !== null)
        continue;
      throw new ExpectedError('InvalidInput', `Block Device Mapping is Invalid: failed to get image ${id}.`);
    }
    const imageProperties = this.#image(context, args, flavor, await named.image);
    const spec = await requestedDestination(tx, this.authorizer, context, args);
    const keypair = await this.#keypair(tx, context, args.key_name);
    const groups = args.security_groups ?? [];
    if (groups.length > 0) await this.networking.requireGroups(tx, context.project_id ?? '', groups);
    const networks = await this.networking.resolve(tx, context, args.network_mode, args.networks);
    const single = networks.some((network) => network.port !== undefined || network.fixed_ip !== undefined);
    if (single && args.max_count > 1) {
      throw new ExpectedError(
        'NetworkInvalid',
        'Unable to launch multiple instances with a single configured port ID or fixed IP.',
      );
    }
    const groupId = await joinGroup(tx, this.quotas, context, args);
    return { args, flavor, keypair, networks, imageProperties, spec, groupId, disks };
  }

  /** The properties of the image; empty without an image. */
  #image(
    context: RequestContext,
    args: ServerCreateArgs,
    flavor: FlavorData,
    image: ImageData | null,
  ): Readonly<Record<string, unknown>> {
    const { image_ref: id } = args;
    if (id === '') return {};
    if (image === null) throw new ExpectedError('ImageInvalid', `Image ${id} could not be found.`, { image_id: id });
    checkImage(image, flavor);
    requireResizable(image, args.auto_disk_config);
    const described = describedImage(image);
    // Otherwise its disk would be as large as the image, without regard to the host's disk and the quota.
    if (flavor.disk > 0) return described;
    const target = { project_id: context.project_id, user_id: context.user_id };
    if (this.authorizer.allows(context, 'compute', 'os_compute_api:servers:create:zero_disk_flavor', target))
      return described;
    throw new ExpectedError(
      'PolicyNotAuthorized',
      'Only volume-backed servers are allowed for flavors with zero disk.',
    );
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

/** Inserts the servers, their disks and the record of their creation, in one statement. */
async function insertServers(
  tx: Transaction,
  context: RequestContext,
  request: ServerRequest,
  count: number,
): Promise<InstanceRow[]> {
  const values = serverRows(context, request, count);
  const ids = values.map(({ id }) => id);
  const disks = ids.flatMap((id) => request.disks.map((disk) => ({ ...disk, instance_id: id })));
  const made = tx
    .with('made', (db) => db.insertInto('instances').values(values).returningAll())
    .with('recorded', (db) => db.insertInto('instance_actions').values(actionRows(context, ids, 'create')));
  if (disks.length === 0) return made.selectFrom('made').selectAll().execute();
  const withDisks = made.with('disks', (db) => db.insertInto('block_device_mappings').values(disks));
  return withDisks.selectFrom('made').selectAll().execute();
}

/**
 * Checks the files of a create (`personality`) against their quotas: number, length of the names, size. Error:
 * QuotaExceeded.
 */
function requireFilesQuota(limits: Amounts<'compute'>, files: readonly InjectedFile[]): void {
  if (files.length === 0) return;
  const longest = Math.max(...files.map(({ path }) => Buffer.byteLength(path)));
  const largest = Math.max(...files.map(({ contents }) => Buffer.byteLength(contents, 'base64')));
  const {
    injected_files: count,
    injected_file_path_bytes: pathBytes,
    injected_file_content_bytes: contentBytes,
  } = limits;
  const over = (limit: number, value: number): boolean => limit >= 0 && value > limit;
  if (over(count, files.length)) throw exceeded('Personality file limit exceeded', 'injected_files');
  if (over(pathBytes, longest)) {
    throw exceeded(`Personality file path exceeds maximum ${pathBytes}`, 'injected_file_path_bytes');
  }
  if (over(contentBytes, largest)) {
    throw exceeded(`Personality file content exceeds maximum ${contentBytes}`, 'injected_file_content_bytes');
  }
}

function exceeded(text: string, resource: string): ExpectedError {
  return new ExpectedError('QuotaExceeded', text, { overs: [resource] });
}
