import { IntOpt, OptionGroup } from '../internal/decorators.js';

@OptionGroup('quota', { help: 'Limits of the Compute API; -1 for none.' })
export class QuotaOptions {
  @IntOpt({
    default: 10,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_instances' }],
    help: 'Servers of a project.',
  })
  readonly instances!: number;

  @IntOpt({
    default: 20,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_cores' }],
    help: 'Virtual CPUs of all servers of a project.',
  })
  readonly cores!: number;

  @IntOpt({
    default: 51200,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_ram' }],
    help: 'Memory of all servers of a project, in MiB.',
  })
  readonly ram!: number;

  @IntOpt({
    default: 128,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_metadata_items' }],
    help: 'Metadata items of a server.',
  })
  readonly metadataItems!: number;

  @IntOpt({
    default: 100,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_key_pairs' }],
    help: 'Key pairs of a user.',
  })
  readonly keyPairs!: number;

  @IntOpt({
    default: 10,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_server_groups' }],
    help: 'Server groups of a project.',
  })
  readonly serverGroups!: number;

  @IntOpt({
    default: 10,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_server_group_members' }],
    help: 'Servers of a server group.',
  })
  readonly serverGroupMembers!: number;
}

@OptionGroup('quotas', { help: 'Limits of the Network API; -1 for none.' })
export class NetworkQuotaOptions {
  @IntOpt({ default: 100, min: -1, mutable: true, help: 'Networks of a project.' })
  readonly quotaNetwork!: number;

  @IntOpt({ default: 100, min: -1, mutable: true, help: 'Subnets of a project.' })
  readonly quotaSubnet!: number;

  @IntOpt({ default: 500, min: -1, mutable: true, help: 'Ports of a project.' })
  readonly quotaPort!: number;
}
