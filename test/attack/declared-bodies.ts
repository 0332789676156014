import { declarationOf, fieldsOf, networkResources } from '#libs/contracts';
import type { Declaration } from '#libs/contracts';
import type { DeclaredRoute } from './routes.js';

type Ids = Readonly<Record<string, string>>;
type Body = Readonly<Record<string, unknown>>;
interface NamedField {
  readonly name: string;
  readonly required: boolean;
}

/**
 * Values of required fields that name no object, by the field's name. A new resource with another one is told by the
 * test of declared rules, which finds that its create gets nowhere.
 */
const VALUES: Body = {
  addresses: ['10.79.0.0/24'],
  cidr: '10.79.1.0/24',
  direction: 'ingress',
  ethertype: 'IPv4',
  ip_version: 4,
};
const NAME = 'theft';

/** Every resource of the Network API that lies below no other. */
export const rootDeclarations: readonly Declaration[] = Object.values(networkResources)
  .map((type) => declarationOf<object>(type))
  .filter(({ parent }) => parent === undefined);

/** The least body that creates a resource; references name the objects in `ids`. */
export function createBody(declaration: Declaration, ids: Ids, more: Body = {}): Body {
  const required = declaration.fields.filter((field) => field.required && field.post !== undefined);
  return { [declaration.singular]: { ...given(required, ids), ...more } };
}

/** Bodies for a route of a declared resource, made of its declaration: each names one object of `ids` or a new name. */
export function declaredBodies({ api, method, url }: DeclaredRoute, ids: Ids): Body[] {
  if (api !== 'network') return [];
  for (const type of Object.values(networkResources)) {
    const declaration = declarationOf<object>(type);
    const { path, singular, fields, actions } = declaration;
    const root = `/v2.0/${path}`;
    const references = fields.filter((field) => referenced(field.name, ids) !== undefined);
    if (url === root && method === 'POST') {
      const posted = references.filter(({ post }) => post !== undefined);
      return [
        createBody(declaration, ids),
        ...posted.map((field) => createBody(declaration, ids, given([field], ids))),
      ];
    }
    if (url === `${root}/:id` && method === 'PUT') {
      const put = references.filter((field) => field.put !== undefined);
      return [{ [singular]: { name: NAME } }, ...put.map((field) => ({ [singular]: given([field], ids) }))];
    }
    if (url === `${root}/:id/tags`) return [{ tags: [NAME] }];
    const action = url.startsWith(`${root}/:id/`) ? actions.get(url.slice(`${root}/:id/`.length)) : undefined;
    if (action?.body !== undefined) {
      const body = given(fieldsOf(action.body), ids);
      return [action.enveloped === true ? { [singular]: body } : body];
    }
  }
  return [];
}

function given(fields: readonly NamedField[], ids: Ids): Body {
  const named = fields.flatMap(({ name, required }) => {
    const value = referenced(name, ids) ?? VALUES[name] ?? (required ? NAME : undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(named);
}

/** `network_id` is an id of `networks`; a device is a server. */
function referenced(name: string, ids: Ids): string | undefined {
  if (name === 'project_id' || name === 'tenant_id') return ids['projects'];
  if (name === 'device_id') return ids['servers'];
  return name.endsWith('_id') ? ids[`${name.slice(0, -'_id'.length).replaceAll('_', '-')}s`] : undefined;
}
