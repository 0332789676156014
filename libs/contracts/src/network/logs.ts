import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import { orNull } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN_OR_PROJECT_MANAGER } from './owned-rules.js';
import { StandardAttributes } from './standard-attributes.js';
import { flag, nameText, oneOf, text, uuid } from './types/plain-types.js';

const PATH = '/log/logs';

/** The types of resources that can be logged. */
export const LOGGABLE = ['security_group'] as const;

/** neutron-lib: logging. A request to log the traffic that a security group allows or drops. */
@Resource({
  api: 'network',
  singular: 'log',
  plural: 'logs',
  path: PATH.slice(1),
  notFound: { code: 'LogResourceNotFound', text: 'Log resource %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'logging',
      name: 'Logging API Extension',
      description: 'Provides a logging API for resources such as security group and firewall.',
      updated: '2017-01-01T10:00:00-00:00',
    },
  ],
  rules: [
    ['create_log', ADMIN_OR_PROJECT_MANAGER, 'Create a log', `POST ${PATH}`],
    ['get_log', ADMIN_OR_PROJECT_MANAGER, 'Show and list logs', `GET ${PATH}, GET ${PATH}/{id}`],
    ['update_log', ADMIN_OR_PROJECT_MANAGER, 'Change a log', `PUT ${PATH}/{id}`],
    ['delete_log', ADMIN_OR_PROJECT_MANAGER, 'Delete a log', `DELETE ${PATH}/{id}`],
  ],
})
export class NetworkLog extends StandardAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  /** One of /log/loggable-resources. */
  @Field(text(255), { ...once, required: true, filter: true, sort: true }) readonly resource_type!: string;
  /** A group; null: all groups of the project. */
  @Field(orNull(uuid), { ...once, default: null, filter: true, sort: true }) readonly resource_id!: string | null;
  @Field(oneOf(['ACCEPT', 'DROP', 'ALL']), { ...once, default: 'ALL', filter: true }) readonly event!: string;
  /** A port; null: all ports with the group. */
  @Field(orNull(uuid), { ...once, default: null, filter: true, sort: true }) readonly target_id!: string | null;
  @Field(flag, { default: true, filter: true, sort: true }) readonly enabled!: boolean;
}

export type NetworkLogData = DataOf<NetworkLog>;

/** neutron-lib: logging (loggable_resources). */
@Resource({
  api: 'network',
  singular: 'loggable_resource',
  plural: 'loggable_resources',
  path: 'log/loggable-resources',
  notFound: { code: 'LogResourceNotFound', text: 'Log resource %s could not be found.' },
  since: '1.1',
  operations: ['list'],
  rules: [
    ['get_loggable_resource', ADMIN_OR_PROJECT_MANAGER, 'List what can be logged', 'GET /log/loggable-resources'],
  ],
})
export class LoggableResource {
  @Field(text(255), { ...readOnly, visible: false }) readonly id!: string;
  @Field(text(255), readOnly) readonly type!: string;
}

export type LoggableResourceData = DataOf<LoggableResource>;

export const logErrors = {
  LogResourceNotFound: { status: 404, retryable: false },
  InvalidLogResourceType: { status: 400, retryable: false },
  TargetResourceNotFound: { status: 404, retryable: false },
  ResourceNotFound: { status: 404, retryable: false },
  InvalidResourceConstraint: { status: 400, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
