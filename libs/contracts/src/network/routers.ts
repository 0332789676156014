import type { RuleRow } from '#libs/policy';
import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { isRecord, orNull } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN, ADMIN_OR_PROJECT_MEMBER, ownedRules, tagRules } from './owned-rules.js';
import { fixedIpList } from './types/port-types.js';
import type { FixedIp, FixedIpInput } from './types/port-types.js';
import { TaggedAttributes } from './standard-attributes.js';
import { hostRouteList } from './subnets.js';
import type { HostRoute } from './subnets.js';
import { listOf, objectOf } from './types/list-types.js';
import { dictionary, flag, nameText, text, uuid } from './types/plain-types.js';

const PATH = '/routers';

const router: Extension = {
  alias: 'router',
  name: 'Neutron L3 Router',
  description:
    'Router abstraction for basic L3 forwarding between L2 Neutron networks and access to external networks via a NAT gateway.',
  updated: '2012-07-20T10:00:00-00:00',
};
const gatewayMode: Extension = {
  alias: 'ext-gw-mode',
  name: 'Neutron L3 Configurable external gateway mode',
  description: 'Extension of the router abstraction for specifying whether SNAT should occur on the external gateway',
  updated: '2013-03-28T10:00:00-00:00',
};
const extraRoutes: Extension = {
  alias: 'extraroute',
  name: 'Neutron Extra Route',
  description: 'Extra routes configuration for L3 router',
  updated: '2013-02-01T10:00:00-00:00',
};
const atomicRoutes: Extension = {
  alias: 'extraroute-atomic',
  name: 'Atomically add/remove extra routes',
  description: 'Edit extra routes of a router on server side by atomically adding/removing extra routes',
  updated: '2019-07-10T00:00:00+00:00',
};

/** A router's external gateway in a request. */
export class GatewayInput {
  @Field(uuid, { required: true }) readonly network_id!: string;
  /** Absent: true. */
  @Field(flag) readonly enable_snat?: boolean;
  /** Absent: any free addresses. */
  @Field(fixedIpList()) readonly external_fixed_ips?: readonly FixedIpInput[];
  @Field(orNull(uuid)) readonly qos_policy_id?: string | null;
}

/** A router's external gateway. */
export interface Gateway {
  readonly network_id: string;
  readonly enable_snat: boolean;
  readonly external_fixed_ips: readonly FixedIp[];
  readonly qos_policy_id?: string | null;
}

/** `type:dict_or_nodata`: null and an empty object mean that there is no gateway. */
function gatewayOrNone(): FieldType<GatewayInput | null> {
  const type = orNull(objectOf(GatewayInput, 'external gateway'));
  return {
    ...type,
    convert: (value) => (isRecord(value) && Object.keys(value).length === 0 ? null : (type.convert?.(value) ?? value)),
  };
}

const zones: Extension = {
  alias: 'router_availability_zone',
  name: 'Router Availability Zone',
  description: 'Availability zone support for router.',
  updated: '2015-01-01T10:00:00-00:00',
};

const gatewayList = listOf(objectOf(GatewayInput, 'external gateway'), { key: () => undefined });

/** The body of add_external_gateways and similar actions, inside of `router`. */
export class ExternalGateways {
  /** Neutron does not check empty values further: the `openstack` command sends `{}` for no gateways. */
  @Field(
    { ...gatewayList, convert: (value) => (isEmpty(value) ? [] : gatewayList.convert?.(value)) },
    { required: true },
  )
  readonly external_gateways!: readonly GatewayInput[];
}

function isEmpty(value: unknown): boolean {
  return value === null || (isRecord(value) && Object.keys(value).length === 0);
}

const gatewayQos: Extension = {
  alias: 'qos-gateway-ip',
  name: 'Router gateway IP QoS',
  description: 'The Router gateway IP Quality of Service extension',
  updated: '2018-02-24T00:00:00-00:00',
};
const distributed: Extension = {
  alias: 'dvr',
  name: 'Distributed Virtual Router',
  description: 'Enables configuration of Distributed Virtual Routers.',
  updated: '2014-06-1T10:00:00-00:00',
};
const available: Extension = {
  alias: 'l3-ha',
  name: 'HA Router extension',
  description: 'Adds HA capability to routers.',
  updated: '2014-04-26T00:00:00-00:00',
};
const multihoming: Extension = {
  alias: 'external-gateway-multihoming',
  name: 'Neutron L3 External Gateway Multihoming',
  description: 'Allow multiple external gateway ports per router',
  updated: '2023-01-18T00:00:00-00:00',
};
const ecmp: Extension = {
  alias: 'enable-default-route-ecmp',
  name: 'Enable Default Route ECMP',
  description: 'Enables configurable ECMP behavior for default routes',
  updated: '2023-02-27T00:00:00-00:00',
};
const bfd: Extension = {
  alias: 'enable-default-route-bfd',
  name: 'Enable Default Route BFD',
  description: 'Enables configurable BFD behavior for default routes',
  updated: '2023-02-27T00:00:00-00:00',
};
const helpers: Extension = {
  alias: 'expose-l3-conntrack-helper',
  name: 'Expose CT target rules for conntrack helper',
  description: 'Expose allow adding CT target rules for conntrack helper',
  updated: '2019-04-04T10:00:00-00:00',
};
const ndpProxy: Extension = {
  alias: 'l3-ext-ndp-proxy',
  name: 'Router support to enable NDP proxy',
  description: 'Router extension to enable ndp proxy',
  updated: '2020-08-25T00:00:00-00:00',
};
const flavors: Extension = {
  alias: 'l3-flavors',
  name: 'Router Flavor Extension',
  description: 'Flavor support for routers.',
  updated: '2016-05-17T00:00:00-00:00',
};

/** The body of add_router_interface and remove_router_interface; its required fields depend on the action. */
export class RouterInterface {
  @Field(text(255)) readonly subnet_id?: string;
  @Field(text(255)) readonly port_id?: string;
}

/** The body of add_extraroutes and remove_extraroutes, inside of `router`. */
export class ExtraRoutes {
  @Field(hostRouteList, { required: true }) readonly routes!: readonly HostRoute[];
}

const GATEWAY = 'external_gateway_info';

/** The rules of a router's fields, which are the same for two operations. */
function fieldRules(operation: 'create' | 'update', route: string): readonly RuleRow[] {
  const rule = (field: string, check: string): RuleRow => [
    `${operation}_router:${field}`,
    check,
    `The attribute ${field}`,
    route,
  ];
  return [
    rule('distributed', ADMIN),
    rule('ha', ADMIN),
    rule(GATEWAY, ADMIN_OR_PROJECT_MEMBER),
    rule(`${GATEWAY}:network_id`, ADMIN_OR_PROJECT_MEMBER),
    rule(`${GATEWAY}:enable_snat`, ADMIN),
    rule(`${GATEWAY}:external_fixed_ips`, ADMIN),
    rule('enable_default_route_bfd', ADMIN),
    rule('enable_default_route_ecmp', ADMIN),
  ];
}

function actionRule(name: string, what: string): RuleRow {
  return [name, ADMIN_OR_PROJECT_MEMBER, what, `PUT ${PATH}/{id}/${name}`];
}

/** The rules of an action with external gateways, and of the fields of each gateway. */
function gatewayRules(name: string, what: string, members: Readonly<Record<string, string>>): readonly RuleRow[] {
  const route = `PUT ${PATH}/{id}/${name}`;
  const field = `${name}:external_gateways`;
  return [
    actionRule(name, what),
    [field, ADMIN_OR_PROJECT_MEMBER, 'The attribute external_gateways', route],
    ...Object.entries(members).map(([member, check]): RuleRow => [
      `${field}:${member}`,
      check,
      `The attribute ${member} of external_gateways`,
      route,
    ]),
  ];
}

const GATEWAY_MEMBERS = { network_id: ADMIN_OR_PROJECT_MEMBER, enable_snat: ADMIN, external_fixed_ips: ADMIN };

/** neutron-lib: l3, l3_ext_gw_mode, extraroute, extraroute_atomic, dvr, l3_ext_ha_mode, router_availability_zone. */
@Resource({
  api: 'network',
  singular: 'router',
  plural: 'routers',
  notFound: { code: 'RouterNotFound', text: 'Router %s could not be found' },
  since: '1.1',
  quota: true,
  tags: true,
  extensions: [router, atomicRoutes, gatewayQos],
  actions: {
    list_l3_agents: { method: 'GET', path: 'l3-agents', answer: 'plain', policy: 'get_l3-agents' },
    add_router_interface: { body: RouterInterface, answer: 'plain' },
    remove_router_interface: { body: RouterInterface, answer: 'plain' },
    add_external_gateways: { body: ExternalGateways, enveloped: true, answer: 'resource' },
    update_external_gateways: { body: ExternalGateways, enveloped: true, answer: 'resource' },
    remove_external_gateways: { body: ExternalGateways, enveloped: true, answer: 'resource' },
    add_extraroutes: { body: ExtraRoutes, enveloped: true, answer: 'resource' },
    remove_extraroutes: { body: ExtraRoutes, enveloped: true, answer: 'resource' },
  },
  rules: [
    ...ownedRules('router', PATH, 'a router'),
    ...tagRules('router', PATH),
    ...fieldRules('create', `POST ${PATH}`),
    ...fieldRules('update', `PUT ${PATH}/{id}`),
    ['get_router:distributed', ADMIN, 'The attribute distributed', `GET ${PATH}, GET ${PATH}/{id}`],
    ['get_router:ha', ADMIN, 'The attribute ha', `GET ${PATH}, GET ${PATH}/{id}`],
    actionRule('add_router_interface', 'Add an interface to a router'),
    actionRule('remove_router_interface', 'Remove an interface of a router'),
    ...gatewayRules('add_external_gateways', 'Add external gateways to a router', GATEWAY_MEMBERS),
    ...gatewayRules('update_external_gateways', 'Replace the external gateways of a router', GATEWAY_MEMBERS),
    ...gatewayRules('remove_external_gateways', 'Remove external gateways of a router', {}),
    actionRule('add_extraroutes', 'Add extra routes to a router'),
    actionRule('remove_extraroutes', 'Remove extra routes of a router'),
  ],
})
export class Router extends TaggedAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(flag, { default: true, filter: true, sort: true }) readonly admin_state_up!: boolean;
  @Field(text(16), { ...readOnly, sort: true }) readonly status!: string;
  /** null: it has no gateway. */
  @Field(gatewayOrNone(), { default: null, computed: true, extension: gatewayMode })
  readonly external_gateway_info!: Gateway | null;
  /** null on a create is false, on an update it changes nothing; the same holds for `ha`. */
  @Field(orNull(flag), { extension: distributed }) readonly distributed!: boolean | null;
  @Field(orNull(flag), { extension: available }) readonly ha!: boolean | null;
  @Field(hostRouteList, { post: false, default: [], extension: extraRoutes }) readonly routes!: readonly HostRoute[];
  @Field(listOf(text(255)), { ...once, default: [], extension: zones })
  readonly availability_zone_hints!: readonly string[];
  /** The zones of the agent that hosts the router. */
  @Field(listOf(text(255)), { ...readOnly, computed: true }) readonly availability_zones!: readonly string[];
  /** The provider that implements it. */
  @Field(orNull(uuid), { ...once, default: null, sort: true, extension: flavors }) readonly flavor_id?: string | null;
  /** The gateway and further ones. */
  @Field(listOf(dictionary), { ...readOnly, computed: true, extension: multihoming })
  readonly external_gateways?: readonly Readonly<Record<string, unknown>>[];
  @Field(flag, { default: false, extension: ecmp }) readonly enable_default_route_ecmp?: boolean;
  @Field(flag, { default: false, extension: bfd }) readonly enable_default_route_bfd?: boolean;
  /** Whether it answers for addresses of NDP proxies; false without a gateway. Null in a request counts as absent. */
  @Field(orNull(flag), { filter: true, computed: true, extension: ndpProxy }) readonly enable_ndp_proxy?:
    | boolean
    | null;
  @Field(listOf(dictionary), { ...readOnly, computed: true, extension: helpers })
  readonly conntrack_helpers?: readonly Readonly<Record<string, unknown>>[];
}

export type RouterData = DataOf<Router>;
export type RouterInput = Omit<InputOf<Router>, 'external_gateway_info'> & {
  readonly external_gateway_info?: GatewayInput | null;
};

export const routerErrors = {
  RouterNotFound: { status: 404, retryable: false },
  RouterInUse: { status: 409, retryable: false },
  RouterInterfaceNotFound: { status: 404, retryable: false },
  RouterInterfaceNotFoundForSubnet: { status: 404, retryable: false },
  RouterInterfaceInUseByFloatingIP: { status: 409, retryable: false },
  RouterInterfaceInUseByRoute: { status: 409, retryable: false },
  RouterExternalGatewayInUseByFloatingIp: { status: 409, retryable: false },
  FipAssociated: { status: 409, retryable: false },
  InvalidRoutes: { status: 400, retryable: false },
  UnableToMatchGateways: { status: 400, retryable: false },
  UnableToRemoveGateways: { status: 400, retryable: false },
  AvailabilityZoneNotFound: { status: 404, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
