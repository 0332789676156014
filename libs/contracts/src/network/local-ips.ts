import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import { orNull } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { childRules, ownedRules } from './owned-rules.js';
import { ChildAttributes, StandardAttributes } from './standard-attributes.js';
import { address } from './types/address-types.js';
import { nameText, oneOf, text, uuid } from './types/plain-types.js';

const PATH = '/local-ips';

/** neutron-lib: local_ip. An address for which each host answers with one of its own ports. */
@Resource({
  api: 'network',
  singular: 'local_ip',
  plural: 'local_ips',
  notFound: { code: 'LocalIPNotFound', text: 'Local IP %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'local_ip',
      name: 'Local IP',
      description: 'Support Node Local Virtual IP',
      updated: '2021-07-26T10:00:00-00:00',
    },
  ],
  rules: ownedRules('local_ip', PATH, 'a local IP'),
})
export class LocalIp extends StandardAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  /** A port with the address, or a network on which a port is created. */
  @Field(uuid, { ...once, filter: true, sort: true }) readonly local_port_id!: string;
  @Field(uuid, { ...once, filter: true, sort: true }) readonly network_id!: string;
  /** Absent on a create: one of the port's, or any free address. */
  @Field(orNull(address), { ...once, filter: true, sort: true }) readonly local_ip_address!: string | null;
  @Field(oneOf(['translate', 'passthrough']), { ...once, default: 'translate', filter: true, sort: true })
  readonly ip_mode!: string;
}

export type LocalIpData = DataOf<LocalIp>;

/** neutron-lib: local_ip (port_associations). A port that answers for a local IP on its host; at most one per port. */
@Resource({
  api: 'network',
  singular: 'port_association',
  plural: 'port_associations',
  path: 'port_associations',
  parent: { type: LocalIp, field: 'local_ip_id' },
  key: 'fixed_port_id',
  notFound: {
    code: 'LocalIPAssociationNotFound',
    text: 'Local IP association with port %s could not be found.',
  },
  since: '1.1',
  operations: ['list', 'get', 'create', 'delete'],
  rules: childRules(
    'local_ip_port_association',
    `${PATH}/{local_ip_id}/port_associations`,
    'an association of a local IP',
    {
      operations: ['create', 'delete'],
    },
  ),
})
export class LocalIpAssociation extends ChildAttributes {
  @Field(text(80), { ...readOnly, visible: false }) override readonly id!: string;
  /** From the path. */
  @Field(text(36), { ...once }) readonly local_ip_id!: string;
  @Field(orNull(address), { ...readOnly, computed: true, filter: true, sort: true })
  readonly local_ip_address!: string | null;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly fixed_port_id!: string;
  /** Absent or null on a create: the port's only address. */
  @Field(orNull(address), { ...once, default: null, filter: true, sort: true }) readonly fixed_ip!: string | null;
  @Field(text(255), { ...readOnly, computed: true, filter: true, sort: true }) readonly host!: string;
}

export type LocalIpAssociationData = DataOf<LocalIpAssociation>;

const refused = { status: 400, retryable: false } as const;

export const localIpErrors = {
  LocalIPNotFound: { status: 404, retryable: false },
  LocalIPInUse: { status: 409, retryable: false },
  LocalIPNoIP: refused,
  LocalIPRequestedIPNotFound: refused,
  LocalIPNoRequestedIP: refused,
  LocalIPPortOrNetworkRequired: refused,
  LocalIPAssociationNotFound: { status: 404, retryable: false },
  LocalIPAssociationExists: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
