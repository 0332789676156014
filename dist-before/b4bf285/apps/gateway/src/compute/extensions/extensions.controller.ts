import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';

/** Alias → name and description of the parts of the API that are there; nova's list is frozen history. */
const EXTENSIONS: Readonly<Record<string, readonly [string, string]>> = {
  'OS-DCF': ['DiskConfig', 'Disk management of servers.'],
  'OS-EXT-AZ': ['ExtendedAvailabilityZone', 'Availability zone of servers.'],
  'OS-EXT-IPS': ['ExtendedIps', 'Type of addresses.'],
  'OS-EXT-IPS-MAC': ['ExtendedIpsMac', 'MAC of addresses.'],
  'OS-EXT-SRV-ATTR': ['ExtendedServerAttributes', 'Where servers run.'],
  'OS-EXT-STS': ['ExtendedStatus', 'States behind the status of servers.'],
  'OS-FLV-DISABLED': ['FlavorDisabled', 'Disabled flavors.'],
  'OS-FLV-EXT-DATA': ['FlavorExtraData', 'Ephemeral disk of flavors.'],
  'OS-SRV-USG': ['ServerUsage', 'Start and end of servers.'],
  'os-availability-zone': ['AvailabilityZone', 'Availability zones.'],
  'os-config-drive': ['ConfigDrive', 'Config drive of servers.'],
  'os-flavor-access': ['FlavorAccess', 'Public and private flavors.'],
  'os-flavor-extra-specs': ['FlavorExtraSpecs', 'Extra specs of flavors.'],
  'os-flavor-manage': ['FlavorManage', 'Create and delete flavors.'],
  'os-keypairs': ['Keypairs', 'Keypairs of users.'],
  'os-multiple-create': ['MultipleCreate', 'Several servers with one request.'],
  'os-services': ['Services', 'Services that report.'],
  'os-used-limits': ['UsedLimits', 'Use of the limits of a project.'],
  'os-user-data': ['UserData', 'User data of servers.'],
};

function view(alias: string, [name, description]: readonly [string, string]): Record<string, unknown> {
  const namespace = 'http://docs.openstack.org/compute/ext/fake_xml';
  return { alias, name, description, namespace, updated: '2014-12-03T00:00:00Z', links: [] };
}

/** `/extensions`. */
@Controller('v2.1/extensions')
export class ExtensionsController {
  readonly #edge: Edge;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  @Get()
  list(@Req() request: FastifyRequest): unknown {
    this.#edge.policy.authorize(request, 'os_compute_api:extensions');
    return { extensions: Object.entries(EXTENSIONS).map(([alias, about]) => view(alias, about)) };
  }

  @Get(':alias')
  show(@Req() request: FastifyRequest, @Param('alias') alias: string): unknown {
    this.#edge.policy.authorize(request, 'os_compute_api:extensions');
    const about = Object.hasOwn(EXTENSIONS, alias) ? EXTENSIONS[alias] : undefined;
    if (about === undefined) throw new Fault(404, 'The resource could not be found.', { code: 'NotFound' });
    return { extension: view(alias, about) };
  }
}
