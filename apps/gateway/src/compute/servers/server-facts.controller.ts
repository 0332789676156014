import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { POWER_STATE } from '#libs/contracts';
import { businessClock } from '#libs/simulation';
import type { ServerData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { versionOf } from '../versions/microversion.js';
import { findServer } from './find-server.js';

const DIAGNOSTICS_RULE = 'os_compute_api:os-server-diagnostics';
const TOPOLOGY_RULE = 'compute:server:topology:index';

/** nova.objects.fields.InstancePowerState, by its number. */
const POWER_NAMES: Readonly<Record<number, string>> = {
  [POWER_STATE.NOSTATE]: 'pending',
  [POWER_STATE.RUNNING]: 'running',
  [POWER_STATE.PAUSED]: 'paused',
  [POWER_STATE.SHUTDOWN]: 'shutdown',
  [POWER_STATE.CRASHED]: 'crashed',
  [POWER_STATE.SUSPENDED]: 'suspended',
};

/** `/servers/{id}/diagnostics` and `/topology`. */
@Controller('v2.1/servers/:id')
export class ServerFactsController {
  constructor(
    private readonly edge: Edge,
    private readonly conductor: ConductorClient,
  ) {}

  @Get('diagnostics')
  @AuthorizeObject(DIAGNOSTICS_RULE)
  async diagnostics(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const server = await this.#server(request, id, DIAGNOSTICS_RULE);
    if (server.host === null) throw conflict(`Instance ${id} is not ready`);
    if (server.power_state !== POWER_STATE.RUNNING) {
      const state = POWER_NAMES[server.power_state] ?? 'pending';
      throw conflict(`Cannot 'get_diagnostics' instance ${id} while it is in power state ${state}`);
    }
    return versionOf(request) < 48 ? driverView(server) : diagnosticsView(server);
  }

  /** No driver places a guest's CPUs on NUMA nodes, so there are none to show. */
  @Get('topology')
  @Microversions(78)
  @AuthorizeObject(TOPOLOGY_RULE)
  async topology(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    await this.#server(request, id, TOPOLOGY_RULE);
    return { nodes: [], pagesize_kb: null };
  }

  async #server(request: FastifyRequest, id: string, rule: string): Promise<ServerData> {
    const server = await findServer(this.conductor, request, id);
    const { project_id, user_id } = server;
    this.edge.policy.authorize(request, rule, { project_id, user_id });
    return server;
  }
}

function conflict(text: string): Fault {
  return new Fault(409, text, { code: 'InstanceInvalidState' });
}

/** Until 2.47 the driver's own format: libvirt's `memory`, in KiB. No driver counts the operations of devices. */
function driverView({ flavor }: ServerData): Record<string, unknown> {
  return { memory: flavor.ram * 1024 };
}

/** The known facts about a guest without a call to it; counters are null, as in nova if a driver has none. */
function diagnosticsView(server: ServerData): Record<string, unknown> {
  const { flavor, launched_at: launched } = server;
  const disks = [flavor.disk, flavor.ephemeral, flavor.swap].filter((size) => size > 0).length;
  const macs = [...new Set(server.addresses.map(({ mac_address: mac }) => mac))];
  const counters = { rx_octets: null, rx_errors: null, rx_drop: null, rx_packets: null, rx_rate: null };
  const sent = { tx_octets: null, tx_errors: null, tx_drop: null, tx_packets: null, tx_rate: null };
  const disk = { read_bytes: null, read_requests: null, write_bytes: null, write_requests: null, errors_count: null };
  return {
    state: 'running',
    // nova's own fake driver names libvirt here: the schema of the response permits nova's drivers only.
    driver: 'libvirt',
    hypervisor: null,
    hypervisor_os: null,
    uptime: launched === null ? null : Math.max(0, Math.floor((businessClock.nowMs() - Date.parse(launched)) / 1000)),
    config_drive: server.config_drive,
    num_cpus: flavor.vcpus,
    num_nics: macs.length,
    num_disks: disks,
    disk_details: Array.from({ length: disks }, () => disk),
    cpu_details: Array.from({ length: flavor.vcpus }, (_, cpu) => ({ id: cpu, time: null, utilisation: null })),
    nic_details: macs.map((mac) => ({ mac_address: mac, ...counters, ...sent })),
    memory_details: { maximum: flavor.ram, used: null },
  };
}
