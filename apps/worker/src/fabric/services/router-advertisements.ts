import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { getLogger } from '#libs/telemetry';
import { parseAddress } from '../../network/ipam/address.js';
import type { NetworkSpace } from '../kernel/network-space.js';
import { PROGRAM_FOLDERS } from '../kernel/run-program.js';
import { interfacePair, routerNamespace } from '../layout/names.js';
import type { GuestNetworkState, RouterState } from '../state/host-network.js';

const log = getLogger('albireo.fabric');

/** The radvd configuration of a router (neutron's template in neutron.agent.linux.ra); null: no subnet needs it. */
export function advertisements(router: RouterState, networks: readonly GuestNetworkState[]): string | null {
  const blocks: string[] = [];
  for (const port of router.interfaces) {
    const network = networks.find(({ id }) => id === port.networkId);
    const subnets = (network?.subnets ?? []).filter(
      ({ id, ipVersion, raMode }) =>
        ipVersion === 6 && raMode !== null && port.fixedIps.some(({ subnet_id: own }) => own === id),
    );
    if (network === undefined || subnets.length === 0) continue;
    const has = (mode: string): boolean => subnets.some(({ raMode }) => raMode === mode);
    const names = subnets
      .flatMap(({ dnsNameservers }) => dnsNameservers)
      .filter((text) => parseAddress(text)?.version === 6);
    blocks.push(
      [
        `interface ${interfacePair(port.id).inner}`,
        '{',
        ' AdvSendAdvert on;',
        ' MinRtrAdvInterval 30;',
        ' MaxRtrAdvInterval 100;',
        ...(network.mtu >= 1_280 ? [` AdvLinkMTU ${network.mtu};`] : []),
        ...(has('dhcpv6-stateless') ? [' AdvOtherConfigFlag on;'] : []),
        ...(has('dhcpv6-stateful') ? [' AdvManagedFlag on;'] : []),
        ...(names.length === 0 ? [] : [` RDNSS ${names.slice(0, 3).join(' ')} {};`]),
        ...subnets.flatMap(({ cidr, raMode }) => [
          ` prefix ${cidr}`,
          ' {',
          '  AdvOnLink on;',
          `  AdvAutonomous ${raMode === 'dhcpv6-stateful' ? 'off' : 'on'};`,
          ' };',
        ]),
        '};',
        '',
      ].join('\n'),
    );
  }
  return blocks.length === 0 ? null : blocks.join('\n');
}

/**
 * One radvd per router whose subnets need router advertisements. It runs in the router's namespace and outlives the
 * worker.
 */
export class RouterAdvertisements {
  #isTold = false;

  constructor(private readonly space: NetworkSpace) {}

  async apply(routers: readonly RouterState[], networks: readonly GuestNetworkState[]): Promise<void> {
    const running = new Set(await this.#running());
    for (const router of routers) {
      const text = advertisements(router, networks);
      if (text === null) continue;
      const name = routerNamespace(router.id);
      if (running.delete(name) && text === (await this.#read(`${name}.conf`))) continue;
      if (!(await isInstalled('radvd'))) {
        if (!this.#isTold) log.warning('radvd is not installed: IPv6 routers do not tell that they are there');
        this.#isTold = true;
        continue;
      }
      await this.#stop(name);
      await this.space.run(['tee', fileOf(`${name}.conf`)], { input: text });
      const words = ['--config', fileOf(`${name}.conf`), '--pidfile', fileOf(`${name}.pid`), '--logmethod', 'none'];
      await this.space.run(['radvd', ...words], { namespace: name });
    }
    for (const name of running) await this.#stop(name);
  }

  async #running(): Promise<readonly string[]> {
    const files = await this.space.run(['ls', '/run']);
    return files
      .split('\n')
      .filter((name) => name.endsWith('.conf') && name.startsWith('radvd-'))
      .map((name) => name.slice('radvd-'.length, -'.conf'.length));
  }

  #read(name: string): Promise<string | null> {
    return this.space.run(['cat', fileOf(name)]).catch(() => null);
  }

  async #stop(name: string): Promise<void> {
    const pid = (await this.#read(`${name}.pid`))?.trim() ?? '';
    if (/^\d+$/.test(pid)) endProcess(Number(pid));
    await this.space.run(['rm', '-f', fileOf(`${name}.pid`), fileOf(`${name}.conf`)]);
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has already ended.
  }
}

const fileOf = (name: string): string => `/run/radvd-${name}`;

async function isInstalled(program: string): Promise<boolean> {
  for (const folder of PROGRAM_FOLDERS) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
