import { createRequire } from 'node:module';
import { normalizeGroup, settingKey } from '#libs/config';
import type { ForeignOptions } from '#libs/config';

// Names of five releases of nova, neutron, keystone, glance and their libraries: see tools/foreign-names. CommonJS,
// since only that can be loaded later synchronously: most programs never need it, and it is large.
function readTable(): string {
  const table: unknown = createRequire(import.meta.url)('./foreign-names.cjs');
  if (typeof table !== 'string') throw new TypeError('expected the table of foreign names as a string');
  return table;
}

/** The group in the table that represents every group with the options of a service user (keystoneauth1's loaders). */
const anyServiceUser = '*';

interface ForeignTable {
  /** `group.name` to the `group.name` that replaced it, or to an empty text. */
  readonly names: ReadonlyMap<string, string>;
  readonly groups: ReadonlySet<string>;
}

let known: ForeignTable | undefined;

// Read only at the first unknown name.
function table(): ForeignTable {
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  const groups = new Set<string>();
  let group = '';
  for (const word of readTable().split(/\s+/)) {
    if (word === '') continue;
    if (word.startsWith('[')) {
      group = word.slice(1, -1);
      groups.add(group);
      continue;
    }
    const [name = '', target = ''] = word.split('>');
    names.set(settingKey(group, name), target);
  }
  known = { names, groups };
  return known;
}

/**
 * Groups whose names are made from values or by plug-ins, so that no listing contains them: each may have the options
 * of the listed group.
 */
const madeGroups: readonly { readonly group: RegExp; readonly as: string }[] = [
  // Every library that gains privileges has its own group, which it names itself.
  { group: /^privsep_.|^vif_plug_\w+_privileged$|^nova_sys_admin$/, as: 'privsep' },
  // Stores that are not in `enabled_backends`: files of deployment tools describe more stores than they enable.
  { group: /^(backend_defaults|cinder|file|filesystem|http|rbd|s3|swift|vmware)$/, as: 'glance_store' },
];

/** Names that no listing contains, since they are made from values, or registered by an extension only. */
const madeNames: readonly { readonly group: RegExp; readonly name: RegExp }[] = [
  // nova's `[devices] enabled_mdev_types` names the groups.
  { group: /^(mdev|vgpu)_./, name: /^(device_addresses|mdev_class|max_instances)$/ },
  { group: /^service_providers$/, name: /^service_provider$/ },
  // nova's affinity of physical networks to NUMA nodes; `[neutron] physnets` names the groups.
  { group: /^neutron_(tunnel|physnet_.+)$/, name: /^numa_nodes$/ },
  // Removed before the oldest release that is listed.
  { group: /^neutron$/, name: /^auth_version$/ },
  { group: /^quotas$/, name: /^quota_(rbac_policy|trunk|firewall_(group|policy|rule))$/ },
];

/** keystone reads it from a group with the name of a federation protocol: any name. */
const inAnyGroup = 'remote_id_attribute';

const isServiceUser = (group: string): boolean => table().names.has(settingKey(group, 'auth_type'));

/** Whether nova, neutron, keystone, glance or one of their libraries has a group of that name. */
export function isForeignGroup(group: string): boolean {
  return table().groups.has(group) || [...madeGroups, ...madeNames].some((made) => made.group.test(group));
}

/** All names of one of these groups; empty for an unknown group. */
export function foreignNamesOf(group: string): readonly string[] {
  const prefix = settingKey(group, '');
  return [...table().names.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** Whether any of them has, or once had, an option of that name. */
export function isForeignOption(group: string, name: string): boolean {
  const { names } = table();
  return (
    names.has(settingKey(group, name)) ||
    name === inAnyGroup ||
    (isServiceUser(group) && names.has(settingKey(anyServiceUser, name))) ||
    madeGroups.some((made) => made.group.test(group) && names.has(settingKey(made.as, name))) ||
    madeNames.some((made) => made.group.test(group) && made.name.test(name))
  );
}

/** Their old names, each with the name that replaced it, as `group.name`. */
export function foreignAliases(): readonly (readonly [old: string, present: string])[] {
  return [...table().names].filter(([, target]) => target !== '');
}

/** glance's `enabled_backends = fast:rbd, slow:file` names groups, each with the options of a store. */
function isOfImageStore(group: string, name: string, enabledBackends: readonly string[]): boolean {
  const stores = enabledBackends
    .flatMap((text) => text.split(','))
    .map((pair) => normalizeGroup(pair.split(':')[0]?.trim() ?? ''));
  const isStore = [...stores, 'os_glance_staging_store', 'os_glance_tasks_store'].includes(group);
  return isStore && isForeignOption('glance_store', name);
}

/**
 * The options that nova.conf, neutron.conf, keystone.conf and glance-api.conf may contain and that are not used here.
 */
export const foreignOptions: ForeignOptions = {
  isGroup: isForeignGroup,
  isOption: (group, name, textsOf) =>
    isForeignOption(group, name) || isOfImageStore(group, name, textsOf('DEFAULT', 'enabled_backends')),
  namesIn: foreignNamesOf,
};
