import { registerDecorator } from 'class-validator';

/** Kinds of object that have resource options. */
export type OptionedKind = 'domain' | 'project' | 'user' | 'role';

/** Option → value; null in a change removes the option. */
export type ResourceOptions = Readonly<Record<string, unknown>>;

type OptionForm = 'boolean' | 'method lists';

const IMMUTABLE: Readonly<Record<string, OptionForm>> = { immutable: 'boolean' };

/** keystone's registries of resource options (`resource_options.py` below assignment, resource and identity). */
const REGISTRY: Readonly<Record<OptionedKind, Readonly<Record<string, OptionForm>>>> = {
  domain: IMMUTABLE,
  project: IMMUTABLE,
  role: IMMUTABLE,
  user: {
    ignore_change_password_upon_first_use: 'boolean',
    ignore_password_expiry: 'boolean',
    ignore_lockout_failure_attempts: 'boolean',
    lock_password: 'boolean',
    ignore_user_inactivity: 'boolean',
    multi_factor_auth_rules: 'method lists',
    multi_factor_auth_enabled: 'boolean',
  },
};

/** The fault of options of a kind, in JSON schema's words; undefined: none. */
export function invalidOption(kind: OptionedKind, options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return "it is not of type 'object'";
  const forms = REGISTRY[kind];
  for (const [name, value] of Object.entries(options)) {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form === undefined) {
      return `Additional properties are not allowed ('${name.slice(0, 255)}' was unexpected)`;
    }
    if (value === null || (form === 'boolean' ? typeof value === 'boolean' : isMethodLists(value))) continue;
    return `the option ${name} is not of type '${form === 'boolean' ? 'boolean' : 'array of arrays of strings'}'`;
  }
  return undefined;
}

/** Lists of method names: none empty, no list twice, no name twice in one list. */
function isMethodLists(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > 100) return false;
  const isList = (one: unknown): boolean =>
    Array.isArray(one) &&
    one.length > 0 &&
    one.length <= 100 &&
    one.every((name) => typeof name === 'string' && name.length <= 255) &&
    new Set(one).size === one.length;
  return value.every(isList) && new Set(value.map((one) => JSON.stringify(one))).size === value.length;
}

/** A property that holds resource options of the kind. */
export function IsResourceOptions(kind: OptionedKind): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isResourceOptions',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: (value: unknown) => invalidOption(kind, value) === undefined,
        defaultMessage: (found) => invalidOption(kind, found?.value) ?? '',
      },
    });
  };
}
