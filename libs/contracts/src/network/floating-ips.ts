import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { orNull } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN_OR_PROJECT_MANAGER, ownedRules, tagRules } from './owned-rules.js';
import { TaggedAttributes } from './standard-attributes.js';
import { address } from './types/address-types.js';
import { dnsDomain, relativeDnsName } from './types/dns-types.js';
import { listOf } from './types/list-types.js';
import { dictionary, oneOf, uuid } from './types/plain-types.js';

const PATH = '/floatingips';
const STATUSES = ['ACTIVE', 'DOWN', 'ERROR'] as const;

const portDetails: Extension = {
  alias: 'fip-port-details',
  name: 'Floating IP Port Details Extension',
  description: 'Add port_details attribute to Floating IP resource',
  updated: '2018-04-09T10:00:00-00:00',
};

const forwardings: Extension = {
  alias: 'expose-port-forwarding-in-fip',
  name: 'Expose Floating IP port forwardings',
  description: 'Expose port forwarding fields in floating IP response',
  updated: '2018-06-28T16:00:00-00:00',
};

const forwardingDetail: Extension = {
  alias: 'floating-ip-port-forwarding-detail',
  name: 'Floating IP port forwarding detail',
  description: "Allow list floating ip return more port forwarding data, include'id' and 'internal_port_id'",
  updated: '2022-05-06T10:00:00-00:00',
};

const qos: Extension = {
  alias: 'qos-fip',
  name: 'Floating IP QoS',
  description: 'The floating IP Quality of Service extension',
  updated: '2017-07-20T00:00:00-00:00',
};

const networkQos: Extension = {
  alias: 'qos-fip-network-policy',
  name: 'QoS floating IP network policy ID',
  description: 'Adds a the QoS network ID to the floating IP definition',
  updated: '2021-11-15T10:00:00-00:00',
};

/** neutron-lib: l3 (floatingips), fip_port_details. An address of an external network that leads to a port. */
@Resource({
  api: 'network',
  singular: 'floatingip',
  plural: 'floatingips',
  notFound: { code: 'FloatingIPNotFound', text: 'Floating IP %s could not be found' },
  since: '1.1',
  quota: true,
  tags: true,
  extensions: [forwardingDetail],
  rules: [
    ...ownedRules('floatingip', PATH, 'a floating IP'),
    ...tagRules('floatingip', PATH),
    [
      'create_floatingip:floating_ip_address',
      ADMIN_OR_PROJECT_MANAGER,
      'The attribute floating_ip_address',
      `POST ${PATH}`,
    ],
  ],
})
export class FloatingIp extends TaggedAttributes {
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly floating_network_id!: string;
  /** Absent or null on a create: any free address. */
  @Field(orNull(address), { ...once, default: null, filter: true, sort: true })
  readonly floating_ip_address!: string | null;
  /** On a create: the subnet to take the address from. */
  @Field(orNull(uuid), { ...once, default: null, computed: true, visible: false }) readonly subnet_id?: string | null;
  /** The port to which it leads; null: none. */
  @Field(orNull(uuid), { default: null, filter: true }) readonly port_id!: string | null;
  /** Which of the port's addresses; may be absent if the port has only one IPv4 address. */
  @Field(orNull(address), { default: null, filter: true, sort: true }) readonly fixed_ip_address!: string | null;
  /** The router that connects the port's subnet to the external network. */
  @Field(orNull(uuid), { ...readOnly, filter: true, sort: true }) readonly router_id!: string | null;
  @Field(oneOf(STATUSES), { ...readOnly, filter: true, sort: true }) readonly status!: (typeof STATUSES)[number];
  @Field(orNull(uuid), { default: null, extension: qos }) readonly qos_policy_id!: string | null;
  /** Its network's policy, which applies if it has none of its own. */
  @Field(orNull(uuid), { ...readOnly, computed: true, extension: networkQos })
  readonly qos_network_policy_id?: string | null;
  /** Both must be set together. */
  @Field(relativeDnsName, { ...once, default: '' }) readonly dns_name?: string;
  @Field(dnsDomain, { ...once, default: '' }) readonly dns_domain?: string;
  /** Details of the port; null: there is none. */
  @Field(orNull(dictionary), { ...readOnly, computed: true, extension: portDetails })
  readonly port_details!: Readonly<Record<string, unknown>> | null;
  /** The targets of its port forwardings, when it is not associated with a port as a whole. */
  @Field(listOf(dictionary), { ...readOnly, computed: true, extension: forwardings })
  readonly port_forwardings?: readonly Readonly<Record<string, unknown>>[];
}

export type FloatingIpData = DataOf<FloatingIp>;
export type FloatingIpInput = InputOf<FloatingIp>;

export const floatingIpErrors = {
  FloatingIPNotFound: { status: 404, retryable: false },
  ExternalGatewayForFloatingIPNotFound: { status: 404, retryable: false },
  FloatingIPPortAlreadyAssociated: { status: 409, retryable: false },
  ExternalIpAddressExhausted: { status: 400, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
