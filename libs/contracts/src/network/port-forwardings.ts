import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { orNull, shownValue } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { FloatingIp } from './floating-ips.js';
import { childRules } from './owned-rules.js';
import { ChildAttributes } from './standard-attributes.js';
import { address } from './types/address-types.js';
import { oneOf, text, uuid, whole } from './types/plain-types.js';

const HIGHEST = 65_535;

/** neutron-lib's IPTABLES_PROTOCOL_MAP. */
export const NAT_PROTOCOLS = ['dccp', 'icmp', 'ipv6-icmp', 'sctp', 'tcp', 'udp'] as const;

/** `80` or `80:90` (`type:port_range`). */
const portRange: FieldType<string> = {
  kind: 'text',
  convert: (value) => (typeof value === 'number' ? String(value) : value),
  refuse: (value) => {
    const parts = typeof value === 'string' ? value.split(':') : [];
    if (parts.length === 0 || parts.length > 2 || parts.includes('')) {
      return 'Port range must be two integers separated by a colon';
    }
    for (const part of parts) {
      if (!/^\d{1,6}$/.test(part)) return `Invalid port: ${shownValue(part)}`;
      if (Number(part) < 1 || Number(part) > HIGHEST) {
        return `Invalid port: ${part}, the port must be in the range [1, ${HIGHEST}]`;
      }
    }
    return Number(parts[0]) > Number(parts.at(-1))
      ? 'First port in a port range must be lower than the second port'
      : undefined;
  },
  schema: { type: 'string', pattern: '^\\d+(:\\d+)?$' },
};

const ranges: Extension = {
  alias: 'floating-ip-port-forwarding-port-ranges',
  name: 'Floating IP Port Forwarding support port ranges',
  description: 'Add support to port ranges',
  updated: '2020-07-01T10:00:00-00:00',
};

const description: Extension = {
  alias: 'floating-ip-port-forwarding-description',
  name: 'Floating IP Port Forwarding new attribute description',
  description: 'Add a description field to Port Forwarding rules',
  updated: '2019-11-01T10:00:00-00:00',
};

const port = orNull(whole(1, HIGHEST));

/**
 * neutron-lib: floating_ip_port_forwarding, fip_pf_port_range, fip_pf_description. Ports of a floating IP that are
 * forwarded to a port's.
 */
@Resource({
  api: 'network',
  singular: 'port_forwarding',
  plural: 'port_forwardings',
  path: 'port_forwardings',
  parent: { type: FloatingIp, field: 'floatingip_id' },
  notFound: { code: 'PortForwardingNotFound', text: 'Port Forwarding %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'floating-ip-port-forwarding',
      name: 'Floating IP Port Forwarding',
      description: 'Allow port forwarding from floating IP port to an internal port',
      updated: '2018-01-19T10:00:00-00:00',
    },
  ],
  rules: childRules(
    'floatingip_port_forwarding',
    '/floatingips/{floatingip_id}/port_forwardings',
    'a port forwarding of a floating IP',
  ),
})
export class PortForwarding extends ChildAttributes {
  /** From the path. */
  @Field(text(36), { ...once, visible: false }) readonly floatingip_id!: string;
  @Field(oneOf(NAT_PROTOCOLS), { required: true, filter: true, sort: true }) readonly protocol!: string;
  @Field(uuid, { required: true, filter: true, sort: true }) readonly internal_port_id!: string;
  /** An IPv4 address of the internal port. Absent on a create: its first. */
  @Field(address) readonly internal_ip_address!: string;
  /** null: there are several. */
  @Field(port, { computed: true }) readonly internal_port!: number | null;
  /** `start:end`: as many as the external ones, or one. */
  @Field(orNull(portRange), { computed: true, extension: ranges }) readonly internal_port_range!: string | null;
  /** null: there are several. */
  @Field(port, { computed: true, filter: true, sort: true }) readonly external_port!: number | null;
  @Field(orNull(portRange), { computed: true, filter: true, sort: true })
  readonly external_port_range!: string | null;
  @Field(text(1024), { default: '', filter: true, extension: description }) readonly description!: string;
}

export type PortForwardingData = DataOf<PortForwarding>;
export type PortForwardingInput = InputOf<PortForwarding>;

export const portForwardingErrors = {
  PortForwardingNotFound: { status: 404, retryable: false },
  FipInUseByPortForwarding: { status: 409, retryable: false },
  PortHasBindingFloatingIP: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
