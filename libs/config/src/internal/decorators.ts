import type { Half, OptionAttributes, OptionGroupClass } from './declaration.js';
import { declareGroup, declareProperty } from './declaration-registry.js';
import type { OptionValue } from './option-value.js';
import type { IpConstraints } from './types/address-type.js';
import { hostAddressType, ipType } from './types/address-type.js';
import { booleanType } from './types/boolean-type.js';
import { dictType, listType, multiType } from './types/list-type.js';
import type { NumberConstraints } from './types/number-type.js';
import { durationType, floatType, integerType, portType } from './types/number-type.js';
import type { OptionType } from './types/option-type.js';
import type { StringConstraints } from './types/string-type.js';
import { stringType } from './types/string-type.js';
import type { UriConstraints } from './types/uri-type.js';
import { uriType } from './types/uri-type.js';

// Each decorator is oslo.config's `Opt` of the same name (`oslo_config.cfg`); `DurationOpt` is Albireo's own. A value
// that its type does not permit is a fault of the load, so that a reader of the option need not check it again.

/**
 * Marks a class as a group of options. Several classes may name the same group (`DEFAULT` is divided by subject).
 * `half` is the half that uses them, unless an option sets another; both when unset.
 */
export function OptionGroup(
  group: string,
  { help, half = 'both' }: { readonly help: string; readonly half?: Half | 'both' },
): (target: OptionGroupClass) => void {
  return (target) => declareGroup(target, group, help, half);
}

function option<T extends OptionValue>(type: OptionType, attributes: OptionAttributes<T>) {
  return (prototype: object, property: string): void => declareProperty(prototype, { property, type, attributes });
}

/** A text, optionally one of `choices`, matched by `regex` (anywhere in it), or of at most `maxLength` characters. */
export const StrOpt = (attributes: OptionAttributes<string> & StringConstraints) =>
  option(stringType(attributes), attributes);

/** `true`, `1`, `on`, `yes` or `false`, `0`, `off`, `no`. On the command line also `--no-<name>`. */
export const BoolOpt = (attributes: OptionAttributes<boolean>) => option(booleanType, attributes);

/** An integer within `min` and `max` (both allowed) or of `choices`; an empty text means "not set". */
export const IntOpt = (attributes: OptionAttributes<number> & NumberConstraints) =>
  option(integerType(attributes), attributes);

/** A number in decimal notation, exponents allowed; an empty text means "not set". */
export const FloatOpt = (attributes: OptionAttributes<number> & NumberConstraints) =>
  option(floatType(attributes), attributes);

/** 0 to 65535. */
export const PortOpt = (attributes: OptionAttributes<number> & NumberConstraints) =>
  option(portType(pickBounds(attributes)), attributes);

/** A number of seconds, fractions allowed, not negative unless `min` permits it. */
export const DurationOpt = (attributes: OptionAttributes<number> & NumberConstraints) =>
  option(durationType(pickBounds(attributes)), attributes);

/** Comma separated values, of strings unless `itemType` sets another type. */
export const ListOpt = (
  attributes: OptionAttributes<readonly OptionValue[]> & {
    readonly itemType?: OptionType;
    readonly choices?: readonly string[];
    readonly bounds?: boolean;
    readonly minLength?: number;
    readonly contains?: readonly string[];
  },
) => {
  const itemType = attributes.itemType ?? stringType(attributes.choices ? { choices: attributes.choices } : {});
  return option(listType({ ...attributes, itemType }), attributes);
};

/** Comma separated `key:value` pairs; the first `separator` ends the key, a key may appear once. */
export const DictOpt = (
  attributes: OptionAttributes<Readonly<Record<string, OptionValue>>> & {
    readonly valueType?: OptionType;
    readonly bounds?: boolean;
    readonly separator?: string;
  },
) => option(dictType({ ...attributes, valueType: attributes.valueType ?? stringType() }), attributes);

/** An IPv4 or IPv6 address, without a zone; `version` permits only one of the two. */
export const IpOpt = (attributes: OptionAttributes<string> & IpConstraints) => option(ipType(attributes), attributes);

/** An address or a host name. */
export const HostAddressOpt = (attributes: OptionAttributes<string> & IpConstraints) =>
  option(hostAddressType(attributes), attributes);

/** An absolute URI with a host, of one of `schemes` (lower case) where they are given. */
export const UriOpt = (attributes: OptionAttributes<string> & UriConstraints) =>
  option(uriType(attributes), attributes);

/** A key that may be repeated; each line adds a value. */
export const MultiStrOpt = (
  attributes: OptionAttributes<readonly OptionValue[]> & { readonly choices?: readonly string[] },
) => option(multiType(stringType(attributes.choices ? { choices: attributes.choices } : {})), attributes);

/** A key that may be repeated; each line is a dictionary. */
export const MultiDictOpt = (
  attributes: OptionAttributes<readonly Readonly<Record<string, string>>[]> & { readonly separator?: string },
) => option(multiType(dictType({ ...attributes, valueType: stringType() })), attributes);

// Only bounds that are set: an explicit undefined would hide the type's own.
function pickBounds({ min, max, choices }: NumberConstraints): NumberConstraints {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }), ...(choices && { choices }) };
}
