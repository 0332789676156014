import { anyOf } from '#libs/policy';
import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import { nullAs } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN } from './owned-rules.js';
import { Port } from './ports.js';
import { VNIC_TYPES } from './types/port-types.js';
import { ChildAttributes } from './standard-attributes.js';
import { dictionary, filledText, oneOf, text } from './types/plain-types.js';

const PATH = '/ports/{port_id}/bindings';
const SERVICE = 'rule:service_api';

/**
 * neutron-lib: portbindings_extended. The hosts to which a port of a server is bound: the port shows the ACTIVE binding
 * as `binding:…`, INACTIVE ones wait for a live migration.
 */
@Resource({
  api: 'network',
  singular: 'binding',
  plural: 'bindings',
  parent: { type: Port, field: 'port_id' },
  key: 'host',
  notFound: { code: 'PortBindingNotFound', text: 'Binding for port and host %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'binding-extended',
      name: 'Port Bindings Extended',
      description: 'Expose port bindings of a virtual port to external application',
      updated: '2017-07-17T10:00:00-00:00',
    },
  ],
  actions: { activate: { answer: 'resource' } },
  rules: [
    ['get_port_binding', anyOf(ADMIN, SERVICE), 'Show and list bindings of a port', `GET ${PATH}, GET ${PATH}/{host}`],
    ['create_port_binding', SERVICE, 'Bind a port to one more host', `POST ${PATH}`],
    ['update_port_binding', anyOf(ADMIN, SERVICE), 'Change a binding of a port', `PUT ${PATH}/{host}`],
    ['delete_port_binding', SERVICE, 'Delete a binding of a port', `DELETE ${PATH}/{host}`],
    ['activate', SERVICE, 'Activate a binding of a port', `PUT ${PATH}/{host}/activate`],
  ],
})
export class PortBinding extends ChildAttributes {
  @Field(text(300), { ...readOnly, visible: false }) override readonly id!: string;
  /** From the path. */
  @Field(text(36), { ...once, visible: false }) readonly port_id!: string;
  @Field(text(255), { post: filledText(255), put: filledText(255), required: true, filter: true, sort: true })
  readonly host!: string;
  @Field(text(255), { ...readOnly, filter: true }) readonly vif_type!: string;
  @Field(dictionary, readOnly) readonly vif_details!: Readonly<Record<string, unknown>>;
  @Field(oneOf(VNIC_TYPES), { default: 'normal', filter: true }) readonly vnic_type!: string;
  @Field(nullAs(dictionary, {}), { default: {} }) readonly profile!: Readonly<Record<string, unknown>>;
  @Field(oneOf(['ACTIVE', 'INACTIVE']), { ...readOnly, filter: true }) readonly status!: string;
}

export type PortBindingData = DataOf<PortBinding>;

export const portBindingErrors = {
  PortBindingNotFound: { status: 404, retryable: false },
  PortBindingAlreadyExists: { status: 409, retryable: false },
  PortBindingAlreadyActive: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
