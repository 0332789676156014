import { GuestOptions, QemuOptions, ServiceOptions } from '#libs/options';
import { getLogger } from '#libs/telemetry';
import { chooseLevel } from '../fabric/choose-level.js';
import { spaceFile } from '../fabric/kernel/network-space.js';
import { openFabric } from '../fabric/open-fabric.js';
import { databaseSources } from './database-sources.js';
import type { SourceSurroundings } from './database-sources.js';
import type { GuestNetwork, NetworkLevel } from './guest-network.js';
import type { GuestSources } from './guest-sources.js';
import { OpenHost, ephemeralInstancesPath } from './open-host.js';
import { QemuDriver } from './qemu-driver.js';
import { UserNetwork } from './user-network.js';

const log = getLogger('albireo.qemu');

/** Opens the machine for guests. Throws Error in words for the operator. */
export async function openQemuDriver(surroundings: SourceSurroundings): Promise<QemuDriver> {
  const { config } = surroundings;
  const { host, ephemeral } = config.get(ServiceOptions);
  const guests = config.get(GuestOptions);
  const options = config.get(QemuOptions);
  const instancesPath = ephemeral ? ephemeralInstancesPath() : guests.instancesPath;
  const sources = databaseSources(surroundings);
  const opened = await OpenHost.open({
    host,
    instancesPath,
    isEphemeral: ephemeral,
    options,
    consoleLogSize: () => options.consoleLogSize,
    sources,
    openNetwork: () => openNetwork(surroundings, instancesPath, sources),
  });
  return new QemuDriver(opened, () => ({
    shutdownTimeoutMs: guests.shutdownTimeout * 1_000,
    softRebootMs: options.waitSoftRebootSeconds * 1_000,
    forceConfigDrive: guests.forceConfigDrive,
    mkisofs: guests.mkisofsCmd,
  }));
}

/** Chooses the level of the guests' networks and opens it; tells which one, and why, in one line. */
async function openNetwork(
  surroundings: SourceSurroundings,
  instancesPath: string,
  sources: GuestSources,
): Promise<GuestNetwork> {
  const { network: wanted, userNetworkOutbound: outbound } = surroundings.config.get(QemuOptions);
  const { level, reason } = await chooseLevel(wanted, spaceFile(instancesPath));
  log.info(`Guests are joined to their networks by ${LEVELS[level]} (${level}): ${reason}`, { network: level, wanted });
  if (level === 'user') return new UserNetwork({ instancesPath, outbound, nics: (id) => sources.nics(id) });
  return openFabric(surroundings, level, instancesPath);
}

const LEVELS: Readonly<Record<NetworkLevel, string>> = {
  user: 'QEMU itself: each guest is alone, and is reached by albireo-manage ssh and forward',
  rootless: 'taps and bridges in a user namespace',
  host: 'taps and bridges in a network namespace of this machine',
};
