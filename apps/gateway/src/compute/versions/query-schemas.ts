/** The parameters that a route accepts since a microversion. */
export interface QuerySchema {
  /** N of the first microversion 2.N to which it applies. */
  readonly since: number;
  readonly names: ReadonlySet<string>;
  /** Whether other parameters are refused; otherwise they are ignored. */
  readonly strict: boolean;
  /** Whether each parameter may be given only once. */
  readonly single: boolean;
}

/** First microversion, names; the prefix `!` refuses others, `1` permits each only once. */
type Row = readonly [number, string];

const SERVERS =
  'access_ip_v4 access_ip_v6 all_tenants auto_disk_config availability_zone block_device_mapping changes-since ' +
  'config_drive created_at deleted description display_description display_name flavor host hostname image image_ref ' +
  'info_cache ip ip6 kernel_id key_name launch_index launched_at limit locked_by marker metadata name node pci_devices ' +
  'power_state progress project_id ramdisk_id reservation_id root_device_name security_groups services soft_deleted ' +
  'sort_dir sort_key status system_metadata task_state tenant_id terminated_at user_id uuid vm_state';
const TAGS = 'tags tags-any not-tags not-tags-any';
const FLAVORS = 'is_public limit marker minDisk minRam sort_dir sort_key';
const MIGRATIONS = 'hidden host instance_uuid migration_type source_compute status';
const PAGE = 'limit marker';

const servers: readonly Row[] = [
  [1, SERVERS],
  [26, `${SERVERS} ${TAGS}`],
  [66, `${SERVERS} ${TAGS} changes-before`],
  [73, `${SERVERS} ${TAGS} changes-before locked`],
  [75, `! ${SERVERS} ${TAGS} changes-before locked`],
];
const flavors: readonly Row[] = [
  [1, FLAVORS],
  [75, `! ${FLAVORS}`],
  [102, `! ${FLAVORS} name`],
];
const hypervisors: readonly Row[] = [
  [1, ''],
  [33, PAGE],
  [53, `! 1 ${PAGE} hypervisor_hostname_pattern with_servers`],
];
const from75 = (names: string): readonly Row[] => [
  [1, names],
  [75, `! ${names}`],
];
const usage = (names: string): readonly Row[] => [
  [1, names],
  [40, `${names} ${PAGE}`],
  [75, `! ${names} ${PAGE}`],
];
const keypair: readonly Row[] = [
  [1, ''],
  [10, 'user_id'],
  [75, '! user_id'],
];

/** The routes with query parameters, as in nova's schemas. The others have none, and refuse them since 2.102. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'GET /servers': servers,
  'GET /servers/detail': servers,
  'GET /os-volumes_boot': servers,
  'GET /os-volumes_boot/detail': servers,
  'GET /flavors': flavors,
  'GET /flavors/detail': flavors,
  'GET /os-hypervisors': hypervisors,
  'GET /os-hypervisors/detail': hypervisors,
  'GET /os-hypervisors/:id': [
    [1, ''],
    [53, '! 1 with_servers'],
  ],
  'GET /os-keypairs': [
    [1, ''],
    [10, 'user_id'],
    [35, `user_id ${PAGE}`],
    [75, `! user_id ${PAGE}`],
  ],
  'GET /os-keypairs/:name': keypair,
  'DELETE /os-keypairs/:name': keypair,
  'GET /os-migrations': [
    [1, MIGRATIONS],
    [59, `! 1 ${MIGRATIONS} ${PAGE} changes-since`],
    [66, `! 1 ${MIGRATIONS} ${PAGE} changes-since changes-before`],
    [80, `! 1 ${MIGRATIONS} ${PAGE} changes-since changes-before user_id project_id`],
  ],
  'GET /servers/:id/os-instance-actions': [
    [1, ''],
    [58, `! 1 ${PAGE} changes-since`],
    [66, `! 1 ${PAGE} changes-since changes-before`],
  ],
  'GET /servers/:id/os-volume_attachments': from75('limit offset'),
  'GET /os-server-groups': from75('all_projects limit offset'),
  'GET /os-services': from75('binary host'),
  'GET /limits': from75('tenant_id'),
  'GET /os-quota-sets/:id': from75('user_id'),
  'GET /os-quota-sets/:id/detail': from75('user_id'),
  'PUT /os-quota-sets/:id': from75('user_id'),
  'DELETE /os-quota-sets/:id': from75('user_id'),
  'GET /os-simple-tenant-usage': usage('detailed end start'),
  'GET /os-simple-tenant-usage/:id': usage('end start'),
  'DELETE /os-assisted-volume-snapshots/:id': from75('delete_info'),
  'GET /os-console-auth-tokens/:id': [
    [1, ''],
    [99, '!'],
  ],
};

/** Routes whose parameters nova does not check in any version. */
const LOOSE = new Set([
  'GET /os-quota-sets/:id/defaults',
  'GET /os-hypervisors/statistics',
  'GET /os-hypervisors/:id/search',
  'GET /os-hypervisors/:id/servers',
  'GET /os-hypervisors/:id/uptime',
  'GET /servers/:id/tags',
  'GET /servers/:id/tags/:id',
  'GET /servers/:id/os-volume_attachments/:id',
]);

const NONE: readonly QuerySchema[] = [{ since: 102, names: new Set(), strict: true, single: false }];

/** The names of path parameters do not matter. */
function plain(route: string): string {
  return route.replaceAll(/:\w+/g, ':id');
}

const SCHEMAS: ReadonlyMap<string, readonly QuerySchema[]> = new Map(
  Object.entries(ROWS).map(([route, rows]) => [
    plain(route),
    rows.map(([since, text]) => {
      const words = text.split(' ').filter((word) => word !== '');
      const names = new Set(words.filter((word) => word !== '!' && word !== '1'));
      return { since, names, strict: words.includes('!'), single: words.includes('1') };
    }),
  ]),
);

/**
 * The parameters of a route in microversion 2.`version`; undefined if nova checks nothing.
 * @param route method and path below the version, as `GET /servers/:id`
 */
export function querySchema(route: string, version: number): QuerySchema | undefined {
  const name = plain(route);
  if (LOOSE.has(name)) return undefined;
  const schemas = SCHEMAS.get(name) ?? (name.startsWith('GET ') ? NONE : []);
  return schemas.findLast(({ since }) => since <= version);
}

/** Every parameter that a route accepts in some microversion, with the first that has it. */
export function queryParametersOf(route: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { since, names } of SCHEMAS.get(plain(route)) ?? []) {
    for (const name of names) if (!found.has(name)) found.set(name, since);
  }
  return found;
}
