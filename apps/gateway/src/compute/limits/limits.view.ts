import type { LimitsData } from '#libs/contracts';

/** Absolute limits by microversion: those of networks left in 2.36, of image metadata in 2.39, of files in 2.57. */
export function limitsView(limits: LimitsData, version: number): Record<string, unknown> {
  const absolute: Record<string, number> = {
    maxTotalInstances: limits.max_instances,
    maxTotalCores: limits.max_cores,
    maxTotalRAMSize: limits.max_ram,
    maxTotalKeypairs: limits.max_keypairs,
    maxServerMeta: limits.max_server_metadata,
    maxServerGroups: limits.max_server_groups,
    maxServerGroupMembers: limits.max_server_group_members,
    totalInstancesUsed: limits.used_instances,
    totalCoresUsed: limits.used_cores,
    totalRAMUsed: limits.used_ram,
    totalServerGroupsUsed: limits.used_server_groups,
  };
  // Told, and held by nothing: the Network API has limits of its own.
  if (version < 36) {
    absolute['maxTotalFloatingIps'] = limits.max_floating_ips;
    absolute['maxSecurityGroups'] = limits.max_security_groups;
    absolute['maxSecurityGroupRules'] = limits.max_security_group_rules;
    Object.assign(absolute, { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 });
  }
  if (version < 39) absolute['maxImageMeta'] = limits.max_server_metadata;
  if (version < 57) {
    absolute['maxPersonality'] = limits.max_injected_files;
    absolute['maxPersonalitySize'] = limits.max_injected_file_content_bytes;
  }
  return { limits: { rate: [], absolute } };
}
