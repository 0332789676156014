import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { childRules } from './owned-rules.js';
import { NAT_PROTOCOLS } from './port-forwardings.js';
import { Router } from './routers.js';
import { ChildAttributes } from './standard-attributes.js';
import { oneOf, text, whole } from './types/plain-types.js';

/** neutron-lib: l3_conntrack_helper. A protocol of a router's traffic that Linux tracks with a special module. */
@Resource({
  api: 'network',
  singular: 'conntrack_helper',
  plural: 'conntrack_helpers',
  path: 'conntrack_helpers',
  parent: { type: Router, field: 'router_id' },
  notFound: { code: 'ConntrackHelperNotFound', text: 'Conntrack Helper %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'l3-conntrack-helper',
      name: 'L3 Conntrack helper',
      description: 'Allow adding CT target rules for conntrack helper',
      updated: '2019-04-04T10:00:00-00:00',
    },
  ],
  rules: childRules(
    'router_conntrack_helper',
    '/routers/{router_id}/conntrack_helpers',
    'a conntrack helper of a router',
  ),
})
export class ConntrackHelper extends ChildAttributes {
  /** From the path. */
  @Field(text(36), { ...once, visible: false }) readonly router_id!: string;
  @Field(oneOf(NAT_PROTOCOLS), { required: true, filter: true, sort: true }) readonly protocol!: string;
  @Field(whole(1, 65_535), { required: true, filter: true, sort: true }) readonly port!: number;
  /** The module: one that `[DEFAULT] allowed_conntrack_helpers` lists for the protocol. */
  @Field(text(64), { required: true, filter: true, sort: true }) readonly helper!: string;
}

export type ConntrackHelperData = DataOf<ConntrackHelper>;

export const conntrackHelperErrors = {
  ConntrackHelperNotFound: { status: 404, retryable: false },
  ConntrackHelperNotAllowed: { status: 400, retryable: false },
  InvalidProtocolForHelper: { status: 400, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
