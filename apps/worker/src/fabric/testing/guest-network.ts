import type { GuestNetworkState } from '../state/host-network.js';

/** A network without subnets, for unit tests. */
export const bareNetwork: GuestNetworkState = {
  id: 'n',
  projectId: 'p',
  mtu: 1450,
  adminStateUp: true,
  external: false,
  dnsDomain: '',
  networkType: 'vxlan',
  physicalNetwork: null,
  segmentationId: 1,
  subnets: [],
  dhcpPort: null,
  dnsRecords: [],
  peers: [],
};
