import { ValidateBy } from 'class-validator';

/** What values an attribute takes. */
export interface AttributeType {
  /** Brings other spellings (`"true"`, `"7"`) into the value's own form; what it cannot convert it returns as it is. */
  readonly convert?: (value: unknown) => unknown;
  /** Why the converted value is refused, or undefined when it is fine. */
  readonly refuse: (value: unknown) => string | undefined;
}

/** An entry of neutron's attribute map. */
export interface AttributeRules {
  /** Name in the API where it differs from the field's (`router:external`). */
  readonly name?: string;
  readonly type: AttributeType;
  /** Whether a create may give it. @default true */
  readonly post?: boolean;
  /** Whether an update may give it. @default true */
  readonly put?: boolean;
  /** Whether a create must give it. @default false */
  readonly required?: boolean;
}

export interface AttributeEntry {
  readonly name: string;
  readonly field: string;
  readonly type: AttributeType;
  readonly post: boolean;
  readonly put: boolean;
  readonly required: boolean;
}

const tables = new WeakMap<object, Map<string, AttributeEntry>>();

/**
 * Declares a property of a body class as an attribute of the API (neutron-lib's attribute maps). It is a class-validator
 * decorator whose message is the reason alone; the property's name is the field of the RPC argument.
 */
export function Attribute(rules: AttributeRules): PropertyDecorator {
  const validate = ValidateBy({
    name: 'attribute',
    validator: {
      validate: (value: unknown) => rules.type.refuse(value) === undefined,
      defaultMessage: (found) => rules.type.refuse(found?.value) ?? '',
    },
  });
  return (target, key) => {
    const field = String(key);
    const name = rules.name ?? field;
    const table = tables.get(target.constructor) ?? new Map<string, AttributeEntry>();
    tables.set(target.constructor, table);
    table.set(name, {
      name,
      field,
      type: rules.type,
      post: rules.post ?? true,
      put: rules.put ?? true,
      required: rules.required ?? false,
    });
    validate(target, key);
  };
}

/** The attributes of a body class, by their name in the API. */
export function attributesOf(body: new () => object): ReadonlyMap<string, AttributeEntry> {
  return tables.get(body) ?? new Map();
}
