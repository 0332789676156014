import { createRequire } from 'node:module';
import { settingKey } from './sources/setting.js';

/** A project of OpenStack whose file may be read by our programs. */
export type ForeignProject = 'nova' | 'neutron';

// Names of nova 26.2 and 31.0, neutron 21.0 and 26.0: see tools/foreign-names.mjs.
// CommonJS, since only that can be loaded later without waiting: most programs never need it, and it is large.
function tableOf(project: ForeignProject): string {
  const table: unknown = createRequire(import.meta.url)(`./foreign/${project}-names.cjs`);
  if (typeof table !== 'string') throw new TypeError(`expected the names of ${project} as a string`);
  return table;
}

/** What any service user's group may hold (keystoneauth1's loaders): the samples list only a part of it. */
const loaderNames = new Set(
  (
    'auth_type auth_section auth_plugin auth_url auth_uri username user_name user_id password user_domain_name ' +
    'user_domain_id project_name project_id tenant_name tenant_id project_domain_name project_domain_id ' +
    'default_domain_name default_domain_id domain_name domain_id system_scope trust_id region_name os_region_name ' +
    'service_name service_type valid_interfaces endpoint_override endpoint_type cafile certfile keyfile insecure ' +
    'timeout collect_timing split_loggers connect_retries connect_retry_delay status_code_retries ' +
    'status_code_retry_delay min_version max_version passcode application_credential_id ' +
    'application_credential_name application_credential_secret'
  ).split(' '),
);

/** Names that no sample file can list, since they are made from the values of others, or by plug-ins. */
const madeNames: readonly { readonly project: ForeignProject; readonly group: RegExp; readonly name: RegExp }[] = [
  // `[devices] enabled_mdev_types` names the groups.
  { project: 'nova', group: /^(mdev|vgpu)_./, name: /^(device_addresses|mdev_class|max_instances)$/ },
  { project: 'neutron', group: /^service_providers$/, name: /^service_provider$/ },
  // Registered with the extension only.
  { project: 'neutron', group: /^quotas$/, name: /^quota_rbac_policy$/ },
];

let known: Map<string, ForeignProject[]> | undefined;
const foreignGroups = new Set<string>();
/** Groups with the options of keystoneauth1's loaders. */
const serviceGroups = new Set<string>();

// Read on the first unknown name only.
function readTables(): Map<string, ForeignProject[]> {
  const names = new Map<string, ForeignProject[]>();
  for (const project of ['nova', 'neutron'] as const) {
    let group = 'DEFAULT';
    for (const word of tableOf(project).split(/\s+/)) {
      if (word.startsWith('[')) {
        group = word.slice(1, -1);
        foreignGroups.add(group);
      } else if (word !== '') {
        const key = settingKey(group, word);
        names.set(key, [...(names.get(key) ?? []), project]);
        if (word === 'auth_type') serviceGroups.add(group);
      }
    }
  }
  return names;
}

/** Whether nova or neutron have a group of that name. */
export function isForeignGroup(group: string): boolean {
  known ??= readTables();
  return foreignGroups.has(group);
}

/** All names of a group of nova or neutron; empty for an unknown group. */
export function foreignNamesOf(group: string): readonly string[] {
  known ??= readTables();
  const prefix = settingKey(group, '');
  return [...known.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** The projects that know the option, when ours does not; empty when none does. */
export function foreignProjectsOf(group: string, name: string): readonly ForeignProject[] {
  known ??= readTables();
  const found = known.get(settingKey(group, name));
  if (found !== undefined) return found;
  if (serviceGroups.has(group) && loaderNames.has(name)) return ['nova', 'neutron'];
  return madeNames.filter((made) => made.group.test(group) && made.name.test(name)).map(({ project }) => project);
}
