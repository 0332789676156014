import {
  ApiListenOptions,
  ApiOptions,
  IdentityOptions,
  MetadataProxyOptions,
  NetworkOptions,
  NeutronOptions,
  ServiceOptions,
  UplinkOptions,
  VxlanOptions,
} from '#libs/options';
import type { Configuration } from '#libs/config';
import { metadataSecrets } from '#libs/contracts';
import { getLogger } from '#libs/telemetry';
import type { Store } from '../store/index.js';
import { HostFabric } from './host-fabric.js';
import { NO_WAYS_OUT } from './layout/host-layout.js';
import type { WaysOut } from './layout/host-layout.js';
import { NetworkSpace, spaceFile } from './kernel/network-space.js';
import type { SpaceKind } from './kernel/network-space.js';

const log = getLogger('albireo.fabric');

const POLL_INTERVAL_MS = 2_000;
const RESYNC_INTERVAL_MS = 60_000;

/**
 * Opens the networks of this host's guests on a level that works here (see chooseLevel), and applies the desired state
 * before it returns. `folder` is the host's own; it contains the file that names the host's space.
 */
export async function openFabric(
  { config, store }: { readonly config: Configuration; readonly store: Store },
  level: SpaceKind,
  folder: string,
): Promise<HostFabric> {
  const { host } = config.get(ServiceOptions);
  const { novaMetadataHost, novaMetadataPort, novaMetadataProtocol } = config.get(MetadataProxyOptions);
  const [secret] = metadataSecrets(
    config.get(NeutronOptions).metadataProxySharedSecret,
    config.get(IdentityOptions).signingKeys,
  );
  const target = {
    protocol: novaMetadataProtocol,
    host: novaMetadataHost,
    port: novaMetadataPort ?? config.get(ApiListenOptions).metadataListenPort,
    secret: secret ?? '',
  };
  const space = await NetworkSpace.open(level, spaceFile(folder));
  const fabric = new HostFabric(store, space, {
    host,
    baseMac: config.get(NetworkOptions).baseMac,
    hasMetadata: secret !== undefined,
    services: { domain: config.get(ApiOptions).dhcpDomain, metadata: () => target },
    waysOut: waysOut(config, level),
    pollIntervalMs: POLL_INTERVAL_MS,
    resyncIntervalMs: RESYNC_INTERVAL_MS,
  });
  await fabric.start();
  return fabric;
}

/** The machine's own devices can be reached only from a network namespace of the same user namespace. */
function waysOut(config: Configuration, level: SpaceKind): WaysOut {
  const bridgeMappings = new Map(Object.entries(config.get(UplinkOptions).bridgeMappings));
  const tunnelIp = config.get(VxlanOptions).localIp ?? null;
  if (level === 'host' || (bridgeMappings.size === 0 && tunnelIp === null)) return { bridgeMappings, tunnelIp };
  log.warning(
    `[linux_bridge] bridge_mappings and [vxlan] local_ip are for [qemu] network = host: on the level ${level} nothing leads outside`,
  );
  return NO_WAYS_OUT;
}
