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
  // The Network API has these limits now; -1: not limited by this API.
  if (version < 36) {
    Object.assign(absolute, { maxTotalFloatingIps: -1, maxSecurityGroups: -1, maxSecurityGroupRules: -1 });
    Object.assign(absolute, { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 });
  }
  if (version < 39) absolute['maxImageMeta'] = limits.max_server_metadata;
  // Files are not injected here.
  if (version < 57) Object.assign(absolute, { maxPersonality: 0, maxPersonalitySize: 0 });
  return { limits: { rate: [], absolute } };
}
