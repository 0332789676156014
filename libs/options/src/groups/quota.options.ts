import { IntOpt, OptionGroup, StrOpt } from '#libs/config';

@OptionGroup('quota', { help: 'Limits of the Compute API; -1 for none.', half: 'rpc' })
export class QuotaOptions {
  @StrOpt({
    default: 'nova.quota.DbQuotaDriver',
    choices: ['nova.quota.DbQuotaDriver', 'nova.quota.UnifiedLimitsDriver'],
    help:
      "Where the Compute API's limits are kept: in its own database, before the options here; or registered " +
      'with the Identity API for the service of the type compute.',
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_driver' }],
  })
  readonly driver!: string;

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

  @IntOpt({
    default: 5,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_injected_files' }],
    help: 'Files that a create may give a server (until microversion 2.56).',
  })
  readonly injectedFiles!: number;

  @IntOpt({
    default: 10240,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_injected_file_content_bytes' }],
    help: 'Bytes of such a file.',
  })
  readonly injectedFileContentBytes!: number;

  @IntOpt({
    default: 255,
    min: -1,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'quota_injected_file_path_length' }],
    help: 'Bytes of the name of such a file.',
  })
  readonly injectedFilePathLength!: number;
}

@OptionGroup('quotas', { help: 'Limits of the Network API; -1 for none.', half: 'rpc' })
export class NetworkQuotaOptions {
  @IntOpt({
    default: -1,
    min: -1,
    mutable: true,
    help: 'Limit of a project for resources without an option of their own.',
  })
  readonly defaultQuota!: number;

  @IntOpt({ default: 100, min: -1, mutable: true, help: 'Networks of a project.' })
  readonly quotaNetwork!: number;

  @IntOpt({ default: 100, min: -1, mutable: true, help: 'Subnets of a project.' })
  readonly quotaSubnet!: number;

  @IntOpt({ default: 500, min: -1, mutable: true, help: 'Ports of a project.' })
  readonly quotaPort!: number;

  @IntOpt({ default: 10, min: -1, mutable: true, help: 'Routers of a project.' })
  readonly quotaRouter!: number;

  @IntOpt({ default: 50, min: -1, mutable: true, help: 'Floating IPs of a project.' })
  readonly quotaFloatingip!: number;

  @IntOpt({ default: 10, min: -1, mutable: true, help: 'Security groups of a project.' })
  readonly quotaSecurityGroup!: number;

  @IntOpt({ default: 100, min: -1, mutable: true, help: 'Rules of the security groups of a project.' })
  readonly quotaSecurityGroupRule!: number;

  @IntOpt({ default: 10, min: -1, mutable: true, help: 'RBAC policies of a project.' })
  readonly quotaRbacPolicy!: number;
}
