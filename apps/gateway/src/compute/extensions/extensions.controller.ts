import { Controller, Get, Param } from '@nestjs/common';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';

/**
 * Alias → name and description; the list was frozen with version 2.1, and also contains extensions that were removed
 * since.
 */
const EXTENSIONS: Readonly<Record<string, readonly [string, string]>> = {
  NMN: ['Multinic', 'Several NICs of a server.'],
  'OS-DCF': ['DiskConfig', 'Disk management of servers.'],
  'OS-EXT-AZ': ['ExtendedAvailabilityZone', 'Availability zone of servers.'],
  'OS-EXT-IMG-SIZE': ['ImageSize', 'Size of images.'],
  'OS-EXT-IPS': ['ExtendedIps', 'Type of addresses.'],
  'OS-EXT-IPS-MAC': ['ExtendedIpsMac', 'MAC of addresses.'],
  'OS-EXT-SRV-ATTR': ['ExtendedServerAttributes', 'Where servers run.'],
  'OS-EXT-STS': ['ExtendedStatus', 'States behind the status of servers.'],
  'OS-FLV-DISABLED': ['FlavorDisabled', 'Disabled flavors.'],
  'OS-FLV-EXT-DATA': ['FlavorExtraData', 'Ephemeral disk of flavors.'],
  'OS-SCH-HNT': ['SchedulerHints', 'Hints to the scheduler.'],
  'OS-SRV-USG': ['ServerUsage', 'Start and end of servers.'],
  'os-access-ips': ['AccessIPs', 'Addresses that an owner names for access.'],
  'os-admin-actions': ['AdminActions', 'Actions of administrators.'],
  'os-admin-password': ['AdminPassword', 'Change of a password.'],
  'os-agents': ['Agents', 'Removed from the API.'],
  'os-aggregates': ['Aggregates', 'Aggregates of hosts.'],
  'os-assisted-volume-snapshots': ['AssistedVolumeSnapshots', 'Snapshots that the volume service asks for.'],
  'os-attach-interfaces': ['AttachInterfaces', 'NICs of running servers.'],
  'os-availability-zone': ['AvailabilityZone', 'Availability zones.'],
  'os-baremetal-ext-status': ['BareMetalExtStatus', 'Removed from the API.'],
  'os-baremetal-nodes': ['BareMetalNodes', 'Removed from the API.'],
  'os-block-device-mapping': ['BlockDeviceMapping', 'Block devices of a new server.'],
  'os-block-device-mapping-v2-boot': ['BlockDeviceMappingV2Boot', 'Block devices of a new server, second form.'],
  'os-cell-capacities': ['CellCapacities', 'Removed from the API.'],
  'os-cells': ['Cells', 'Removed from the API.'],
  'os-certificates': ['Certificates', 'Removed from the API.'],
  'os-cloudpipe': ['Cloudpipe', 'Removed from the API.'],
  'os-cloudpipe-update': ['CloudpipeUpdate', 'Removed from the API.'],
  'os-config-drive': ['ConfigDrive', 'Config drive of servers.'],
  'os-console-auth-tokens': ['ConsoleAuthTokens', 'What a console token stands for.'],
  'os-console-output': ['ConsoleOutput', 'Console log of servers.'],
  'os-consoles': ['Consoles', 'Consoles of servers.'],
  'os-create-backup': ['CreateBackup', 'Rotating backups of a server.'],
  'os-create-server-ext': ['Createserverext', 'Networks and security groups of a new server.'],
  'os-deferred-delete': ['DeferredDelete', 'Deleted servers that can be restored.'],
  'os-evacuate': ['Evacuate', 'Evacuation of servers.'],
  'os-extended-evacuate-find-host': ['ExtendedEvacuateFindHost', 'Evacuation to a host that is found.'],
  'os-extended-floating-ips': ['ExtendedFloatingIps', 'Floating IP for one address of a server.'],
  'os-extended-hypervisors': ['ExtendedHypervisors', 'More of hypervisors.'],
  'os-extended-networks': ['ExtendedNetworks', 'More of networks.'],
  'os-extended-quotas': ['ExtendedQuotas', 'Reset and forced change of quotas.'],
  'os-extended-rescue-with-image': ['ExtendedRescueWithImage', 'Rescue with an image of choice.'],
  'os-extended-services': ['ExtendedServices', 'Reason why a service is disabled.'],
  'os-extended-services-delete': ['ExtendedServicesDelete', 'Removal of services.'],
  'os-extended-status': ['ExtendedStatus', 'States behind the status of servers.'],
  'os-extended-volumes': ['ExtendedVolumes', 'Volumes of servers.'],
  'os-fixed-ips': ['FixedIPs', 'Removed from the API.'],
  'os-flavor-access': ['FlavorAccess', 'Public and private flavors.'],
  'os-flavor-extra-specs': ['FlavorExtraSpecs', 'Extra specs of flavors.'],
  'os-flavor-manage': ['FlavorManage', 'Create and delete flavors.'],
  'os-flavor-rxtx': ['FlavorRxtx', 'RXTX factor of flavors.'],
  'os-flavor-swap': ['FlavorSwap', 'Swap of flavors.'],
  'os-floating-ip-dns': ['FloatingIpDns', 'Removed from the API.'],
  'os-floating-ip-pools': ['FloatingIpPools', 'Pools of floating IPs.'],
  'os-floating-ips': ['FloatingIps', 'Floating IPs.'],
  'os-floating-ips-bulk': ['FloatingIpsBulk', 'Removed from the API.'],
  'os-fping': ['Fping', 'Removed from the API.'],
  'os-hide-server-addresses': ['HideServerAddresses', 'Addresses that are hidden in some states.'],
  'os-hosts': ['Hosts', 'Hosts and their services.'],
  'os-hypervisor-status': ['HypervisorStatus', 'State of hypervisors.'],
  'os-hypervisors': ['Hypervisors', 'Hypervisors.'],
  'os-instance-actions': ['InstanceActions', "Log of a server's actions."],
  'os-instance_usage_audit_log': ['OSInstanceUsageAuditLog', 'Log of usage audits.'],
  'os-keypairs': ['Keypairs', 'Keypairs of users.'],
  'os-lock-server': ['LockServer', 'Locked servers.'],
  'os-migrate-server': ['MigrateServer', 'Migrations of servers.'],
  'os-migrations': ['Migrations', 'List of migrations.'],
  'os-multiple-create': ['MultipleCreate', 'Several servers with one request.'],
  'os-networks': ['Networks', 'Networks.'],
  'os-networks-associate': ['NetworkAssociationSupport', 'Removed from the API.'],
  'os-pause-server': ['PauseServer', 'Paused servers.'],
  'os-personality': ['Personality', 'Files of a new server.'],
  'os-preserve-ephemeral-rebuild': ['PreserveEphemeralOnRebuild', 'Rebuild that keeps the ephemeral disk.'],
  'os-quota-class-sets': ['QuotaClasses', 'Quotas of classes.'],
  'os-quota-sets': ['Quotas', 'Quotas of projects.'],
  'os-rescue': ['Rescue', 'Rescue of servers.'],
  'os-security-group-default-rules': ['SecurityGroupDefaultRules', 'Removed from the API.'],
  'os-security-groups': ['SecurityGroups', 'Security groups.'],
  'os-server-diagnostics': ['ServerDiagnostics', 'Diagnostics of servers.'],
  'os-server-external-events': ['ServerExternalEvents', 'Events that other services tell of.'],
  'os-server-group-quotas': ['ServerGroupQuotas', 'Quotas of server groups.'],
  'os-server-groups': ['ServerGroups', 'Server groups.'],
  'os-server-list-multi-status': ['ServerListMultiStatus', 'Servers of several states.'],
  'os-server-password': ['ServerPassword', 'Password that a server has left.'],
  'os-server-sort-keys': ['ServerSortKeys', 'Order of lists of servers.'],
  'os-server-start-stop': ['ServerStartStop', 'Start and stop of servers.'],
  'os-services': ['Services', 'Services that report.'],
  'os-shelve': ['Shelve', 'Shelved servers.'],
  'os-simple-tenant-usage': ['SimpleTenantUsage', "Hours of a project's servers."],
  'os-suspend-server': ['SuspendServer', 'Suspended servers.'],
  'os-tenant-networks': ['OSTenantNetworks', 'Networks of a project.'],
  'os-used-limits': ['UsedLimits', 'Use of the limits of a project.'],
  'os-used-limits-for-admin': ['UsedLimitsForAdmin', 'Use of the limits of any project.'],
  'os-user-data': ['UserData', 'User data of servers.'],
  'os-user-quotas': ['UserQuotas', 'Quotas of users.'],
  'os-virtual-interfaces': ['VirtualInterfaces', 'Removed from the API.'],
  'os-volume-attachment-update': ['VolumeAttachmentUpdate', 'Another volume in place of an attached one.'],
  'os-volumes': ['Volumes', 'Volumes.'],
};

function view(alias: string, [name, description]: readonly [string, string]): Record<string, unknown> {
  const namespace = 'http://docs.openstack.org/compute/ext/fake_xml';
  return { alias, name, description, namespace, updated: '2014-12-03T00:00:00Z', links: [] };
}

/** `/extensions`. */
@Controller('v2.1/extensions')
export class ExtensionsController {
  @Get()
  @Authorize('os_compute_api:extensions')
  list(): unknown {
    return { extensions: Object.entries(EXTENSIONS).map(([alias, about]) => view(alias, about)) };
  }

  @Get(':alias')
  @Authorize('os_compute_api:extensions')
  show(@Param('alias') alias: string): unknown {
    const about = Object.hasOwn(EXTENSIONS, alias) ? EXTENSIONS[alias] : undefined;
    if (about === undefined) throw new Fault(404, 'The resource could not be found.', { code: 'NotFound' });
    return { extension: view(alias, about) };
  }
}
