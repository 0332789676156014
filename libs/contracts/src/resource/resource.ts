import type { RuleRow } from '#libs/policy';
import { objectType, pageType } from '../objects/versioned-object.js';
import type { ObjectChange, ObjectType, Page } from '../objects/versioned-object.js';
import { fieldsOf } from './field.js';
import type { Extension, FieldDeclaration } from './field.js';

/** A class that @Resource declares. */
export type ResourceClass<R extends object = object> = new () => R;

/** The operations of a resource, without its actions. */
export const OPERATIONS = ['list', 'get', 'create', 'update', 'delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** `PUT` (or another method) `…/{id}/{action}`: an operation on one resource. */
export interface ActionOptions {
  /** A POST answers 201, a DELETE 204 without a body. @default 'PUT' */
  readonly method?: 'PUT' | 'GET' | 'POST' | 'DELETE';
  /** Its name in the path; actions of different methods may share it. @default the action's name */
  readonly path?: string;
  /**
   * The field of the body whose value is a further part of the path, instead of a body
   * (`…/{id}/l3-routers/{router_id}`).
   */
  readonly member?: string;
  /** A class whose @Fields are the body; absent: there is none. `required` fields must be set. */
  readonly body?: ResourceClass;
  /**
   * Whether the body is nested under the resource's name (`{"router": {…}}`), or under which other name. @default false
   */
  readonly enveloped?: boolean | string;
  /** `resource`: the resource after the action, as in the response to an update; `plain`: the handler's own object. */
  readonly answer: 'resource' | 'plain';
  /** @default the action's name */
  readonly policy?: string;
  /** @default the resource's */
  readonly since?: string;
}

/** A version of a resource's object; its data are fields by name, for any class. */
export type ResourceChange = Pick<ObjectChange<object>, 'version' | 'contract' | 'adds' | 'takes'> & {
  readonly missing?: Readonly<Record<string, unknown>>;
  backport?(data: object): object;
};

export interface ResourceOptions {
  readonly api: 'network' | 'identity' | 'compute';
  /** Its name in bodies and policy rules (`security_group`). */
  readonly singular: string;
  readonly plural: string;
  /** Its name in policy rules and in the methods on the bus. @default the singular, with its parent's name as prefix */
  readonly qualified?: string;
  /** Path below the API's version. @default the plural with dashes */
  readonly path?: string;
  /** The code and text of its 404; `%s` is the id. */
  readonly notFound: { readonly code: string; readonly text: string };
  /** Its parent resource (`/floatingips/{id}/port_forwardings`), and the field with the parent's id. */
  readonly parent?: { readonly type: ResourceClass; readonly field: string };
  /**
   * The field that is used in paths as its id, if it is unique only below its parent: tables and the bus use
   * `parent/key` (`keyedId`).
   */
  readonly key?: string;
  /** How it is created: POST, or PUT to a path with the id that the client chose. @default 'POST' */
  readonly create?: 'POST' | 'PUT' | 'POST or PUT';
  /**
   * Whether a POST creates several at once, in a list under the plural. Network resources accept both. @default false
   */
  readonly bulk?: boolean;
  /** Whether projects have a quota for it, under its singular. @default false */
  readonly quota?: boolean;
  /** Whether it has `…/{id}/tags`. @default false; it then extends TaggedAttributes */
  readonly tags?: boolean;
  /** Sort keys of its lists that are not fields; the worker's manager defines their meaning. */
  readonly sorts?: readonly string[];
  /** Its operations in the API. @default all */
  readonly operations?: readonly Operation[];
  readonly extensions?: readonly Extension[];
  readonly actions?: Readonly<Record<string, ActionOptions>>;
  /**
   * Its policy rules. Both halves check a rule about a field (`create_network:shared`) when the field is set or shown.
   */
  readonly rules?: readonly RuleRow[];
  /** The minor versions of its object on the bus above 1.0, the oldest first; each names the fields that it added. */
  readonly changes?: readonly ResourceChange[];
  /** Version of the contract that added its methods. @default '1.0' */
  readonly since?: string;
}

/** The declaration of a resource that both halves use; made once, at the first request for it. */
export interface Declaration<R extends object = object> {
  readonly type: ResourceClass<R>;
  /** The class's name, which is the name of its object on the bus. */
  readonly className: string;
  readonly api: ResourceOptions['api'];
  readonly singular: string;
  readonly plural: string;
  readonly create: 'POST' | 'PUT' | 'POST or PUT';
  readonly bulk: boolean;
  /** Below the API's version; `:parent_id` is replaced by the parent's id. */
  readonly path: string;
  /**
   * Its name in policy rules and in the methods on the bus, by default with its parent's name as prefix
   * (`policy_rule`).
   */
  readonly qualified: string;
  readonly notFound: ResourceOptions['notFound'];
  readonly parent: { readonly declaration: Declaration; readonly field: string } | undefined;
  readonly key: string | undefined;
  readonly quota: boolean;
  readonly tags: boolean;
  readonly sorts: readonly string[];
  readonly operations: ReadonlySet<Operation>;
  readonly extensions: readonly Extension[];
  readonly actions: ReadonlyMap<string, ActionOptions>;
  readonly rules: readonly RuleRow[];
  readonly since: string;
  readonly fields: readonly FieldDeclaration[];
  /** By the name in the API, older names included; of two fields in different microversions the last one. */
  readonly byName: ReadonlyMap<string, FieldDeclaration>;
  readonly byField: ReadonlyMap<string, FieldDeclaration>;
  readonly object: ObjectType<R>;
  readonly page: ObjectType<Page<R>>;
}

const options = new WeakMap<ResourceClass, ResourceOptions>();
const declarations = new WeakMap<ResourceClass, Declaration>();

/** Declares a class, whose properties have @Field, as a resource of an API. */
export function Resource(resource: ResourceOptions) {
  return (type: ResourceClass): void => {
    options.set(type, resource);
  };
}

/** The declaration of a class. Throws TypeError for one without @Resource. */
export function declarationOf<R extends object>(type: ResourceClass<R>): Declaration<R> {
  const known = declarations.get(type);
  // The map returns the declaration made from this very class.
  if (known !== undefined) return known as Declaration<R>;
  const made = declare(type);
  declarations.set(type, made);
  return made;
}

function declare<R extends object>(type: ResourceClass<R>): Declaration<R> {
  const found = options.get(type);
  if (found === undefined) throw new TypeError(`class ${type.name} has no @Resource`);
  const fields = fieldsOf(type);
  const parent =
    found.parent === undefined
      ? undefined
      : { declaration: declarationOf(found.parent.type), field: found.parent.field };
  const own = found.path ?? found.plural.replaceAll('_', '-');
  // They name fields of the class, whose type a decorator does not know.
  const changes = (found.changes ?? []) as readonly ObjectChange<R>[];
  const object = objectType<R>(type.name, changes.at(-1)?.version ?? '1.0', changes);
  const byName = new Map<string, FieldDeclaration>();
  for (const field of fields) {
    for (const name of [field.name, field.alias]) {
      if (name === undefined) continue;
      const other = byName.get(name);
      if (other !== undefined && other.since <= field.until && field.since <= other.until) {
        throw new TypeError(`class ${type.name}: two fields have the name ${name} in the API`);
      }
      byName.set(name, field);
    }
  }
  return {
    type,
    className: type.name,
    api: found.api,
    create: found.create ?? 'POST',
    bulk: found.bulk ?? false,
    singular: found.singular,
    plural: found.plural,
    path: parent === undefined ? own : `${parent.declaration.path}/:parent_id/${own}`,
    qualified:
      found.qualified ?? (parent === undefined ? found.singular : `${parent.declaration.singular}_${found.singular}`),
    notFound: found.notFound,
    parent,
    key: found.key,
    quota: found.quota ?? false,
    tags: found.tags ?? false,
    sorts: found.sorts ?? [],
    operations: new Set(found.operations ?? OPERATIONS),
    extensions: [...(found.extensions ?? []), ...fields.flatMap(({ extension }) => extension ?? [])],
    actions: new Map(Object.entries(found.actions ?? {})),
    rules: found.rules ?? [],
    since: found.since ?? '1.0',
    fields,
    byName,
    byField: new Map(fields.map((field) => [field.field, field])),
    object,
    page: pageType(object),
  };
}

/**
 * The policy rule of an operation. neutron's `get_network` also applies to lists; keystone's are `identity:list_users`,
 * without the name of the parent, and in the plural also when several are created at once.
 */
export function resourceRule(
  { api, qualified, singular, plural, bulk }: Declaration,
  operation: 'list' | 'get' | 'create' | 'update' | 'delete',
): string {
  if (api === 'network') return `${operation === 'list' ? 'get' : operation}_${qualified}`;
  const isPlural = operation === 'list' || (bulk && operation === 'create');
  return `identity:${operation}_${isPlural ? plural : singular}`;
}

/** The name under which the body of an action is nested; undefined: it is not nested. */
export function envelopeOf(
  { singular }: Pick<Declaration, 'singular'>,
  { enveloped = false }: ActionOptions,
): string | undefined {
  if (typeof enveloped === 'string') return enveloped;
  return enveloped ? singular : undefined;
}

/** The id of a resource with a `key`. */
export function keyedId(parentId: string, key: string): string {
  return `${parentId}/${key}`;
}
