import type { GroupDeclaration, OptionAttributes, OptionDeclaration, OptionGroupClass } from './declaration.js';
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

/** Called by `@OptionGroup`. */
export function declareGroup(groupClass: OptionGroupClass, group: string, help: string): void {
  const prototype: unknown = groupClass.prototype;
  const declared = typeof prototype === 'object' && prototype !== null ? (properties.get(prototype) ?? []) : [];
  const options = declared.map(({ property, type, attributes }): OptionDeclaration => ({
    ...attributes,
    group,
    property,
    name: attributes.name ?? snakeCase(property),
    type,
  }));
  groups.set(groupClass, { group, help, className: groupClass.name, options });
}

/** The declaration of a class; a class without `@OptionGroup` is a mistake of the programmer. */
export function declarationOf(groupClass: OptionGroupClass): GroupDeclaration {
  const declaration = groups.get(groupClass);
  if (declaration === undefined) throw new TypeError(`${groupClass.name} is not decorated with @OptionGroup`);
  return declaration;
}
