import { SERVER_ACTION_KEYS, actionOf, declarationOf } from '#libs/contracts';
import type { ActionDeclaration, JsonSchema } from '#libs/contracts';
import { classSchema } from '../../edge/openapi/class-schema.js';
import { inputSchema } from '../../edge/openapi/field-schemas.js';
import { inMicroversions } from '../../edge/openapi/microversions.js';
import type { DeclaredRoute } from '../../edge/openapi/routes.js';
import { readValidBody } from '../../edge/validation/valid-body.decorator.js';
import { AggregateHost, AggregateMetadata } from '../aggregates/aggregate.dto.js';
import { EXTRA_SPECS, TenantAccess } from '../flavors/flavor-parts.controller.js';
import { QUOTA_VERSIONS } from '../quotas/quota-sets.controller.js';
import { readAskedBody } from '../resource/resource-body.js';
import type { AskedBody } from '../resource/resource-body.js';
import { VOLUMES_BOOT_ACTIONS } from '../servers/volumes-boot.controller.js';
import { ServiceSwitchBody, ServiceUpdateBody } from '../services/services.controller.js';
import { flag, none, shape, since, text, textOrNull, until } from '../../edge/openapi/schema-parts.js';

/** The value under an action's key: anything if nova does not check it. */
function actionValue({ body, bodySince = 1, nullable = false }: ActionDeclaration): JsonSchema {
  if (body === undefined) return {};
  const asked = nullable ? { anyOf: [classSchema(body), none] } : classSchema(body);
  return bodySince === 1 ? asked : { anyOf: [until(bodySince - 1, {}), since(bodySince, asked)] };
}

/** One object with one key for each action; a subset if only those are known. */
function actionBody(known: (key: string) => boolean): JsonSchema {
  const keys = [...SERVER_ACTION_KEYS].filter(([key]) => known(key));
  return {
    oneOf: keys.map(([key, name]) => {
      const action = actionOf(name);
      const { since: first = 1, until: last = Number.POSITIVE_INFINITY, description } = action;
      const schema = { description, ...shape({ [key]: actionValue(action) }) };
      return inMicroversions(schema, [{ since: first, until: last }]);
    }),
  };
}

const limit = { anyOf: [{ type: 'integer', minimum: -1, maximum: 2_147_483_647 }, { type: 'string' }] };
const quotas = Object.fromEntries(QUOTA_VERSIONS.map(([name, last]) => [`${name}?`, until(last, limit)]));
const classQuotas = Object.fromEntries(
  QUOTA_VERSIONS.map(([name, last]) => [`${name}?`, until(last === 35 ? 49 : last, limit)]),
);

const group = shape({ security_group: shape({ name: text, description: text }) });
const port = { type: ['integer', 'string', 'null'] };
const rule = shape({
  parent_group_id: text,
  'group_id?': textOrNull,
  'cidr?': textOrNull,
  'ip_protocol?': { type: ['string', 'integer', 'null'] },
  'from_port?': port,
  'to_port?': port,
});

const bodyOfAction = (name: Parameters<typeof actionOf>[0]): JsonSchema => actionValue(actionOf(name));

/** Bodies that their handlers read themselves, by the names of responses. */
const READ_BY_HAND: Readonly<Record<string, () => JsonSchema>> = {
  'POST /servers/{id}/action': () => actionBody(() => true),
  'POST /os-volumes_boot/{id}/action': () => actionBody((key) => VOLUMES_BOOT_ACTIONS.has(key)),
  'POST /servers/{id}/migrations/{id}/action': () => shape({ force_complete: none }),
  'POST /servers/{id}/os-interface': () => shape({ 'interfaceAttachment?': bodyOfAction('attach_interface') }),
  'POST /servers/{id}/remote-consoles': () => shape({ remote_console: bodyOfAction('create_remote_console') }),
  'PUT /flavors/{id}/os-extra_specs/{id}': () => ({ ...EXTRA_SPECS, maxProperties: 1, minProperties: 1 }),
  'POST /flavors/{id}/action': () => ({
    oneOf: ['addTenantAccess', 'removeTenantAccess'].map((key) => shape({ [key]: classSchema(TenantAccess) })),
  }),
  'POST /os-aggregates/{id}/action': () => ({
    oneOf: [
      shape({ add_host: classSchema(AggregateHost) }),
      shape({ remove_host: classSchema(AggregateHost) }),
      shape({ set_metadata: classSchema(AggregateMetadata) }),
    ],
  }),
  'PUT /os-services/{id}': () => ({
    anyOf: [until(52, classSchema(ServiceSwitchBody)), since(53, classSchema(ServiceUpdateBody))],
  }),
  'PUT /os-quota-sets/{id}': () => shape({ quota_set: shape({ ...quotas, 'force?': { anyOf: [flag, text] } }) }),
  'PUT /os-quota-class-sets/{id}': () => shape({ quota_class_set: shape(classQuotas) }),
  'POST /os-security-groups': () => group,
  'PUT /os-security-groups/{id}': () => group,
  'POST /os-security-group-rules': () => shape({ security_group_rule: rule }),
  'POST /os-floating-ips': () => shape({ 'pool?': textOrNull }),
  'POST /os-baremetal-nodes': () => ({}),
  'POST /os-baremetal-nodes/{id}/action': () => ({}),
};

/** The request body of a route; undefined: no body. */
export function bodyOf({ parameters }: DeclaredRoute, name: string): JsonSchema | undefined {
  const byHand = READ_BY_HAND[name];
  if (byHand !== undefined) return byHand();
  for (const { factory, data } of parameters) {
    if (factory === readValidBody) return classSchema(data as new () => object);
    if (factory !== readAskedBody) continue;
    const { type, operation } = data as AskedBody;
    const { singular, fields } = declarationOf(type);
    return shape({ [singular]: inputSchema(fields, operation) });
  }
  return undefined;
}
