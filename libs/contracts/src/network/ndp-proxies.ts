import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once } from '../resource/field.js';
import { orNull } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ownedRules } from './owned-rules.js';
import { StandardAttributes } from './standard-attributes.js';
import { address } from './types/address-types.js';
import { nameText, uuid } from './types/plain-types.js';

const PATH = '/ndp-proxies';

/** neutron-lib: l3_ndp_proxy. An IPv6 address of a port for which a router answers on its external network. */
@Resource({
  api: 'network',
  singular: 'ndp_proxy',
  plural: 'ndp_proxies',
  notFound: { code: 'NDPProxyNotFound', text: 'Ndp proxy %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'l3-ndp-proxy',
      // neutron-lib overwrites its NAME with that of an attribute.
      name: 'name',
      description: 'description',
      updated: '2021-06-29T10:00:00-00:00',
    },
  ],
  rules: ownedRules('ndp_proxy', PATH, 'an NDP proxy'),
})
export class NdpProxy extends StandardAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly router_id!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly port_id!: string;
  /** Absent or null on a create: an address of the port that the router reaches. */
  @Field(orNull(address), { ...once, default: null, filter: true, sort: true }) readonly ip_address!: string | null;
}

export type NdpProxyData = DataOf<NdpProxy>;

const conflict = { status: 409, retryable: false } as const;

export const ndpProxyErrors = {
  NDPProxyNotFound: { status: 404, retryable: false },
  RouterGatewayInUseByNDPProxy: conflict,
  RouterInterfaceInUseByNDPProxy: conflict,
  AddressScopeConflict: conflict,
  RouterGatewayNotValid: conflict,
  RouterNDPProxyNotEnable: conflict,
  PortUnreachableRouter: conflict,
  RouterIPv6GatewayInUse: conflict,
  InvalidAddress: { status: 400, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
