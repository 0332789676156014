import type { VirtDriver } from '../drivers/virt-driver.js';
import type { Store } from '../store/index.js';
import { HOST_AGENT } from '../network/agents/agent-reports.js';
import type { AgentReports } from '../network/agents/agent-reports.js';
import { BINARIES } from '../service/service-registry.js';
import type { ServiceRegistry } from '../service/service-registry.js';
import { clock } from '../instances/instance-states.js';
import { eachAlone } from './each-alone.js';

/** The part of the configuration that the compute topic uses. */
export interface ComputeSettings {
  /** [DEFAULT] host: the logical compute host that this worker acts for. */
  readonly host: string;
  /** All logical hosts that this worker acts for, the one of `host` first. */
  readonly hosts: readonly string[];
  /** `[vxlan] local_ip` of a host of QEMU guests. @default its networks exist on this host only */
  readonly tunnelIp?: string | undefined;
  /** [DEFAULT] my_ip. */
  readonly address: string;
  readonly availabilityZone: string;
  readonly instanceNameTemplate: string;
  /** The number of runs of a cast before it is parked; the last one ends a build in ERROR. */
  readonly maxAttempts: number;
  /** The maximum number of hosts on which a build is tried. */
  readonly buildAttempts: number;
}

const COMPUTE = BINARIES['compute'] ?? 'albireo-compute';

/** Keeps the rows of this worker's hosts up to date: their services and their resources. */
export class ComputeHost {
  constructor(
    private readonly store: Store,
    private readonly driver: VirtDriver,
    private readonly reports: { readonly registry: ServiceRegistry; readonly agents: AgentReports },
    private readonly settings: ComputeSettings,
  ) {}

  /**
   * Reports that the hosts are alive and which resources they have. The scheduler sends nothing to a host that does not
   * report. If one host cannot report, the others still do; the call rejects after all have tried.
   */
  async report(): Promise<void> {
    await eachAlone(this.settings.hosts, async (host) => {
      if (await this.driver.isUp(host)) await this.#report(host);
    });
  }

  /** Notifies that the networks of its guests may need a change. */
  networksChanged(): void {
    this.driver.hostGuests?.networksChanged();
  }

  async #report(host: string): Promise<void> {
    const { availabilityZone } = this.settings;
    const { node, vcpus, memory, disk, type, version, cpuInfo, uptime } = await this.driver.resources(host);
    const values = {
      node,
      vcpus,
      memory,
      disk,
      uptime,
      updated_at: clock,
      hypervisor_type: type,
      hypervisor_version: version,
      host_ip: this.settings.address,
      cpu_info: JSON.stringify(cpuInfo),
    };
    await this.store.db
      .insertInto('compute_nodes')
      .values({ host, ...values })
      .onConflict((conflict) => conflict.column('host').doUpdateSet(values))
      .execute();
    const { registry, agents } = this.reports;
    const { tunnelIp } = this.settings;
    // In the same form as neutron's agents, in which hosts look it up.
    const tunnels = tunnelIp === undefined ? {} : { tunneling_ip: tunnelIp, tunnel_types: ['vxlan'] };
    const configurations = { hypervisor_type: type, ...tunnels };
    const plugs = { agentType: HOST_AGENT, topic: 'N/A', binary: COMPUTE, zone: null };
    await agents.report({ ...plugs, host, configurations });
    await registry.report(COMPUTE, host, availabilityZone);
  }
}
