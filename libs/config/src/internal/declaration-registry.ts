import type { GroupDeclaration, Half, OptionAttributes, OptionDeclaration, OptionGroupClass } from './declaration.js';
import type { OptionValue } from './option-value.js';
import type { OptionType } from './types/option-type.js';

interface PropertyDeclaration {
  readonly property: string;
  readonly type: OptionType;
  readonly attributes: OptionAttributes<OptionValue>;
}

const properties = new WeakMap<object, PropertyDeclaration[]>();
const groups = new WeakMap<object, GroupDeclaration>();

const snakeCase = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Called by the property decorators, which run before the class's own. */
export function declareProperty(prototype: object, declaration: PropertyDeclaration): void {
  const list = properties.get(prototype);
  if (list === undefined) properties.set(prototype, [declaration]);
  else list.push(declaration);
}

/**
 * Called by `@OptionGroup`; `half` is that of its options unless they set another. A class also has the options of its
 * bases.
 */
export function declareGroup(
  groupClass: OptionGroupClass,
  group: string,
  help: string,
  half: Half | 'both',
  className = groupClass.name,
): void {
  const options = propertiesOf(groupClass.prototype).map(({ property, type, attributes }): OptionDeclaration => ({
    half,
    ...attributes,
    group,
    property,
    name: attributes.name ?? snakeCase(property),
    type,
  }));
  groups.set(groupClass, { group, help, className, options });
}

function propertiesOf(prototype: unknown): readonly PropertyDeclaration[] {
  if (typeof prototype !== 'object' || prototype === null) return [];
  return [...(properties.get(prototype) ?? []), ...propertiesOf(Object.getPrototypeOf(prototype))];
}

const named = new WeakMap<OptionGroupClass, Map<string, OptionGroupClass>>();

/**
 * The options of a class in a group of another name, which is the value of an option: `enabled_backends = fast:file`
 * names the group `fast`. Returns the same class each time. A program has the group when `LoadInput.namedGroups`
 * returns it.
 */
export function groupNamed<T extends object>(pattern: OptionGroupClass<T>, group: string): OptionGroupClass<T> {
  const { help, className } = declarationOf(pattern);
  const known = named.get(pattern) ?? new Map<string, OptionGroupClass>();
  named.set(pattern, known);
  const base: OptionGroupClass = pattern;
  const made = known.get(group) ?? class extends base {};
  if (!isLike(pattern, made)) throw new TypeError(`${className} is no class of options`);
  if (!known.has(group)) declareGroup(made, group, help, 'both', `${className}:${group}`);
  known.set(group, made);
  return made;
}

function isLike<T extends object>(pattern: OptionGroupClass<T>, made: OptionGroupClass): made is OptionGroupClass<T> {
  return Object.getPrototypeOf(made) === pattern;
}

/** Whether something is a class with `@OptionGroup`. */
export function isOptionGroup(value: unknown): value is OptionGroupClass {
  return typeof value === 'function' && groups.has(value);
}

/** The declaration of a class; a class without `@OptionGroup` is a programming error. */
export function declarationOf(groupClass: OptionGroupClass): GroupDeclaration {
  const declaration = groups.get(groupClass);
  if (declaration === undefined) throw new TypeError(`${groupClass.name} is not decorated with @OptionGroup`);
  return declaration;
}
