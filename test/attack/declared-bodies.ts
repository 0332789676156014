import {
  actionOf,
  declarationsOf,
  envelopeOf,
  fieldsOf,
  identityResources,
  networkResources,
  SERVER_ACTION_KEYS,
} from '#libs/contracts';
import type { Declaration, FieldDeclaration } from '#libs/contracts';
import type { DeclaredRoute } from './routes.js';

type Ids = Readonly<Record<string, string>>;
type Body = Readonly<Record<string, unknown>>;
type NamedField = Pick<FieldDeclaration, 'name' | 'required' | 'type'>;

/**
 * Values of required fields that name no object, by the field's name. A new resource with another one is told by the
 * test of declared rules, which finds that its create gets nowhere.
 */
const VALUES: Body = {
  action: 'access_as_shared',
  auth_url: 'http://127.0.0.1:1/v3',
  sp_url: 'http://127.0.0.1:1/v3',
  url: 'http://127.0.0.1:1/',
  addresses: ['10.79.0.0/24'],
  cidr: '10.79.1.0/24',
  direction: 'ingress',
  ethertype: 'IPv4',
  filters: { interface: 'public' },
  ip_version: 4,
  helper: 'ftp',
  id: '11111111-2222-4333-8444-555555555555',
  network_type: 'vxlan',
  object_type: 'network',
  prefixes: ['10.81.0.0/16'],
  protocol: 'tcp',
  resource_type: 'security_group',
  routes: [{ destination: '10.80.0.0/24', nexthop: '10.77.0.9' }],
};
/** What a create needs beside its required fields, by the resource's name. */
const ALSO: Readonly<Record<string, (ids: Ids) => Body>> = {
  local_ip: (ids) => ({ network_id: ids['networks'] }),
  port_forwarding: () => ({ internal_port: 80, external_port: 8080 }),
};
const NAME = 'theft';

/** Of the actions of servers whose values are more than an empty object, by their keys. */
const actionValues = (ids: Ids): Body => ({
  addFixedIp: { networkId: ids['networks'] },
  addFloatingIp: { address: '203.0.113.9' },
  addSecurityGroup: { name: NAME },
  changePassword: { adminPass: NAME },
  createBackup: { name: NAME, backup_type: 'daily', rotation: 1 },
  createImage: { name: NAME },
  evacuate: { host: NAME },
  lock: { locked_reason: NAME },
  'os-getConsoleOutput': { length: 10 },
  'os-getVNCConsole': { type: 'novnc' },
  'os-getSPICEConsole': { type: 'spice-html5' },
  'os-getSerialConsole': { type: 'serial' },
  'os-migrateLive': { host: null, block_migration: 'auto' },
  'os-resetState': { state: 'active' },
  reboot: { type: 'HARD' },
  rebuild: { imageRef: ids['images'] },
  removeFixedIp: { address: '10.77.0.9' },
  removeFloatingIp: { address: '203.0.113.9' },
  removeSecurityGroup: { name: NAME },
  resize: { flavorRef: '2' },
});

/**
 * A body for every declared action of a server. One whose value is not said above and should be is told by the test of
 * declared rules.
 */
export function serverActionBodies(ids: Ids): Body[] {
  const values = actionValues(ids);
  const declared = [...SERVER_ACTION_KEYS.values()].map(actionOf);
  return declared.map(({ key, body }) => ({ [key]: values[key] ?? (body === undefined ? null : {}) }));
}

interface DeclaredApi {
  readonly api: 'network' | 'identity';
  readonly root: string;
  readonly declarations: readonly Declaration[];
}
const APIS: readonly DeclaredApi[] = [
  { api: 'network', root: '/v2.0', declarations: declarationsOf(networkResources) },
  { api: 'identity', root: '/v3', declarations: declarationsOf(identityResources) },
];

/** Every resource of the Network API that lies below no other. */
export const rootDeclarations: readonly Declaration[] = declarationsOf(networkResources).filter(
  ({ parent }) => parent === undefined,
);
/** Those that lie below another, and are made there. */
export const nestedDeclarations: readonly Declaration[] = declarationsOf(networkResources).filter(
  ({ parent, operations }) => parent !== undefined && operations.has('create'),
);
/** Those of the Identity API whose ids the server chooses. */
export const identityDeclarations: readonly Declaration[] = declarationsOf(identityResources).filter(
  ({ parent, create }) => parent === undefined && create !== 'PUT',
);

/** The collection in whose place ids of a resource stand in paths: the last word of its own. */
export function collectionOf({ path }: Declaration): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The least body that creates a resource; references name the objects in `ids`. @param text stands in its name */
export function createBody(declaration: Declaration, ids: Ids, more: Body = {}, text?: string): Body {
  const { singular, plural, bulk } = declaration;
  const required = declaration.fields.filter((field) => field.required && field.post !== undefined);
  const label = text === undefined ? {} : labelled(declaration, text);
  const body = { ...given(required, ids), ...ALSO[singular]?.(ids), ...label, ...more };
  return bulk ? { [plural]: [body] } : { [singular]: body };
}

/** Its name, its description, or a text that it keeps; some have none. */
function labelled({ byName }: Declaration, text: string): Body {
  const name = ['name', 'metainfo', 'description', 'blob'].find((one) => byName.has(one));
  return name === undefined ? {} : { [name]: text };
}

/** Bodies for a route of a declared resource, made of its declaration: each names one object of `ids` or a new name. */
export function declaredBodies({ api, method, url }: DeclaredRoute, ids: Ids): Body[] {
  const found = APIS.find((one) => one.api === api);
  for (const declaration of found?.declarations ?? []) {
    const { path, singular, fields, actions, create } = declaration;
    const root = `${found?.root ?? ''}/${path}`;
    const references = fields.filter((field) => referenced(field.name, ids) !== undefined);
    const isCreate = method === 'POST' ? url === root : method === 'PUT' && url === `${root}/:id` && create !== 'POST';
    if (isCreate) {
      const posted = references.filter(({ post }) => post !== undefined);
      return [
        createBody(declaration, ids),
        ...posted.map((field) => createBody(declaration, ids, given([field], ids))),
      ];
    }
    if (url === `${root}/:id` && (method === 'PUT' || method === 'PATCH')) {
      const put = references.filter((field) => field.put !== undefined);
      const label = labelled(declaration, NAME);
      const changed = fields.filter((field) => field.put !== undefined).slice(0, 1);
      return [
        { [singular]: Object.keys(label).length > 0 ? label : given(changed.map(demanded), ids) },
        ...put.map((field) => ({ [singular]: given([field], ids) })),
      ];
    }
    if (url === `${root}/:id/tags`) return [{ tags: [NAME] }];
    const action = [...actions].find(
      ([name, options]) => url === `${root}/:id/${options.path ?? name}` && (options.method ?? 'PUT') === method,
    )?.[1];
    if (action?.body !== undefined) {
      const body = given(fieldsOf(action.body), ids);
      const envelope = envelopeOf(declaration, action);
      return [envelope === undefined ? body : { [envelope]: body }];
    }
  }
  return [];
}

function given(fields: readonly NamedField[], ids: Ids): Body {
  const named = fields.flatMap(({ name, required, type }) => {
    const value = referenced(name, ids) ?? VALUES[name] ?? (required ? leastOf(type.schema) : undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(named);
}

const demanded = (field: FieldDeclaration): FieldDeclaration => ({ ...field, required: true });

/** A value of a type that has nothing special about it. */
function leastOf(schema: Readonly<Record<string, unknown>>): unknown {
  const { enum: values, anyOf, type, minimum } = schema;
  if (Array.isArray(values)) return values[0];
  if (Array.isArray(anyOf)) return leastOf(anyOf[0] as Readonly<Record<string, unknown>>);
  if (type === 'integer') return typeof minimum === 'number' ? Math.max(minimum, 1) : 1;
  return type === 'array' ? [] : type === 'object' ? {} : type === 'boolean' ? true : NAME;
}

/** `network_id` is an id of `networks`; a device is a server. */
function referenced(name: string, ids: Ids): string | undefined {
  if (name === 'project_id' || name === 'tenant_id' || name === 'target_tenant') return ids['projects'];
  if (name === 'object_id') return ids['networks'];
  if (name === 'device_id') return ids['servers'];
  return name.endsWith('_id') ? ids[`${name.slice(0, -'_id'.length).replaceAll('_', '-')}s`] : undefined;
}
