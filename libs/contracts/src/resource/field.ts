import { IsOptional, ValidateBy } from 'class-validator';
import type { FieldType } from './field-type.js';

/**
 * Converts the values of a filter in a query to the worker's filters (field → accepted values). A text is the reason
 * why they are refused.
 */
export type FilterReader = (values: readonly string[]) => Readonly<Record<string, readonly string[]>> | string;

/**
 * Whether responses show a field; `given`: if the object has it; `without`: if the object does not have that other
 * field.
 */
export type Visibility = boolean | 'given' | { readonly without: string };

/** The options of a field's declaration in addition to its type: an entry of neutron's attribute maps. */
export interface FieldOptions {
  /** Name in the API if it differs from the property's (`router:external`). */
  readonly name?: string;
  /** An older name that the API also accepts and shows (`tenant_id`). */
  readonly alias?: string;
  /** Whether a create may set it; a type if its values differ from the field's own. @default true */
  readonly post?: boolean | FieldType;
  /** Whether an update may set it; a type if its values differ from the field's own. @default true */
  readonly put?: boolean | FieldType;
  /** Whether a create must set it. @default false */
  readonly required?: boolean;
  /**
   * The value if a create does not set it (`is_default: false`). Without a default, the manager chooses the row's value
   * or the column's default is used, and policy rules about the field are checked whenever it is set.
   */
  readonly default?: unknown;
  /** Whether lists can be filtered by it; a function if its values are read in a special way. @default false */
  readonly filter?: boolean | FilterReader;
  /** Whether lists can be sorted by it; texts if its sort keys have other names than the field. @default false */
  readonly sort?: boolean | readonly string[];
  /** Whether responses show it. @default true */
  readonly visible?: Visibility;
  /** The microversions 2.`since` to 2.`until` that have it; in others it is an unknown key. @default all */
  readonly since?: number;
  readonly until?: number;
  /** The views of the resource that show it, if not all do (`['detail']`). */
  readonly views?: readonly string[];
  /** Not a column: an expression or a loader of the worker's manager makes it. @default false */
  readonly computed?: boolean;
  /** The extension that adds it, if it is not the resource's own. */
  readonly extension?: Extension;
}

/** An API extension: its representation in `GET /v2.0/extensions`, with the texts of its definition in neutron-lib. */
export interface Extension {
  readonly alias: string;
  readonly name: string;
  readonly description: string;
  /** ISO 8601 with offset, as the definition has it. */
  readonly updated: string;
}

/** A complete field of a declared class. */
export interface FieldDeclaration {
  /** The property: the name on the bus and of the column. */
  readonly field: string;
  /** The name in the API. */
  readonly name: string;
  readonly alias: string | undefined;
  readonly type: FieldType;
  /** The type in a POST; undefined: not allowed. */
  readonly post: FieldType | undefined;
  readonly put: FieldType | undefined;
  readonly required: boolean;
  readonly default: unknown;
  readonly filter: FilterReader | boolean;
  readonly sort: boolean | readonly string[];
  readonly visible: Visibility;
  readonly since: number;
  readonly until: number;
  readonly views: readonly string[] | undefined;
  readonly computed: boolean;
  readonly extension: Extension | undefined;
}

const declared = new WeakMap<object, Map<string, FieldDeclaration>>();

/** Options of a field that exists but that no request may set: naming it is a different error from an unknown name. */
export const readOnly = { post: false, put: false } as const satisfies FieldOptions;

/** Options of a field that is set only once, at the creation. */
export const once = { put: false } as const satisfies FieldOptions;

/**
 * Declares a property of a resource or of an action's body. It is also a class-validator decorator, whose message is
 * only the type's reason. A subclass may declare a property of its base again.
 */
export function Field<T>(type: FieldType<T>, options: FieldOptions = {}) {
  const validate = ValidateBy({
    name: 'field',
    validator: {
      validate: (value: unknown) => type.refuse(value) === undefined,
      defaultMessage: (found) => type.refuse(found?.value) ?? '',
    },
  });
  return <K extends string>(prototype: { readonly [P in K]?: Widened<T> }, key: K): void => {
    const table = declared.get(prototype) ?? new Map<string, FieldDeclaration>();
    declared.set(prototype, table);
    table.set(key, {
      field: key,
      name: options.name ?? key,
      alias: options.alias,
      type,
      post: accepted(type, options.post),
      put: accepted(type, options.put),
      required: options.required ?? false,
      default: options.default,
      filter: options.filter ?? false,
      sort: options.sort ?? false,
      visible: options.visible ?? true,
      since: options.since ?? 1,
      until: options.until ?? Number.POSITIVE_INFINITY,
      views: options.views,
      computed: options.computed ?? false,
      extension: options.extension,
    });
    IsOptional()(prototype, key);
    validate(prototype, key);
  };
}

/** The property of a field with a few texts or numbers may have any of them as its type. */
type Widened<T> = T extends string ? string : T extends number ? number : T;

function accepted(own: FieldType, rule: boolean | FieldType | undefined): FieldType | undefined {
  if (rule === false) return undefined;
  return rule === undefined || rule === true ? own : rule;
}

/** Whether microversion 2.`version` has a field. */
export function isInVersion({ since, until }: FieldDeclaration, version: number): boolean {
  return version >= since && version <= until;
}

/** The fields of a class and its bases, those of the base first. */
export function fieldsOf(type: new () => object): readonly FieldDeclaration[] {
  const chain: object[] = [];
  let prototype: unknown = type.prototype;
  while (typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype) {
    chain.unshift(prototype);
    prototype = Object.getPrototypeOf(prototype);
  }
  const fields = new Map<string, FieldDeclaration>();
  for (const each of chain) for (const [key, field] of declared.get(each) ?? []) fields.set(key, field);
  return [...fields.values()];
}
