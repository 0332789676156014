import type { LimitsData } from '#libs/contracts';

/** A limit and what is used of it. */
interface Amount {
  readonly limit: number;
  readonly used: number;
}

/**
 * The quotas that nova names, by microversion: those of networks left in 2.36, of files in 2.57. What is not counted
 * for a project has nothing in use, as nova tells it.
 */
function amounts(limits: LimitsData, version: number): Record<string, Amount> {
  const set: Record<string, Amount> = {
    instances: { limit: limits.max_instances, used: limits.used_instances },
    cores: { limit: limits.max_cores, used: limits.used_cores },
    ram: { limit: limits.max_ram, used: limits.used_ram },
    metadata_items: { limit: limits.max_server_metadata, used: 0 },
    key_pairs: { limit: limits.max_keypairs, used: 0 },
    server_groups: { limit: limits.max_server_groups, used: limits.used_server_groups },
    server_group_members: { limit: limits.max_server_group_members, used: 0 },
  };
  // The Network API has these limits; -1: not limited by this API.
  const networks = ['fixed_ips', 'floating_ips', 'security_groups', 'security_group_rules'];
  if (version < 36) for (const name of networks) set[name] = { limit: -1, used: 0 };
  // Files are not injected here.
  const files = ['injected_files', 'injected_file_content_bytes', 'injected_file_path_bytes'];
  if (version < 57) for (const name of files) set[name] = { limit: 0, used: 0 };
  return set;
}

export function quotaSetView(
  projectId: string,
  limits: LimitsData,
  version: number,
  detailed: boolean,
): Record<string, unknown> {
  const entries = Object.entries(amounts(limits, version)).map(([name, { limit, used }]) => [
    name,
    detailed ? { limit, in_use: used, reserved: 0 } : limit,
  ]);
  return { quota_set: { id: projectId, ...Object.fromEntries(entries) } };
}
