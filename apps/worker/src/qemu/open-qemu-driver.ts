import { GuestOptions, QemuOptions, ServiceOptions } from '#libs/options';
import { getLogger } from '#libs/telemetry';
import { databaseSources } from './database-sources.js';
import type { SourceSurroundings } from './database-sources.js';
import type { GuestNetwork } from './guest-network.js';
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
  const network = openNetwork(options, instancesPath, sources);
  const opened = await OpenHost.open({
    host,
    instancesPath,
    isEphemeral: ephemeral,
    options,
    consoleLogSize: () => options.consoleLogSize,
    sources,
    network,
  });
  return new QemuDriver(opened, () => ({
    shutdownTimeoutMs: guests.shutdownTimeout * 1_000,
    softRebootMs: options.waitSoftRebootSeconds * 1_000,
    forceConfigDrive: guests.forceConfigDrive,
    mkisofs: guests.mkisofsCmd,
  }));
}

function openNetwork(
  { network, userNetworkOutbound: outbound }: QemuOptions,
  instancesPath: string,
  sources: GuestSources,
): GuestNetwork {
  if (network === 'rootless' || network === 'host') {
    throw new Error(`[qemu] network = ${network}: expected user or auto, this version has no other level yet`);
  }
  log.info('Guests have QEMU’s own network: each is alone, and is reached by albireo-manage ssh and forward', {
    network: 'user',
    wanted: network,
  });
  return new UserNetwork({ instancesPath, outbound, nics: (id) => sources.nics(id) });
}
