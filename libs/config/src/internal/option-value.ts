/** A value of an option after parsing; JSON-able, frozen. `undefined` means that the option is not set. */
export type OptionValue =
  | string
  | number
  | boolean
  | undefined
  | readonly OptionValue[]
  | { readonly [key: string]: OptionValue };

/** Freezes a value and everything in it, so that no reader of the configuration can change it. */
export function freezeValue(value: OptionValue): OptionValue {
  if (typeof value === 'object') {
    for (const part of Object.values(value)) freezeValue(part);
    Object.freeze(value);
  }
  return value;
}

/** True when both values are the same, whatever the order of the keys in dictionaries. */
export function sameValue(left: OptionValue, right: OptionValue): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftEntries = Object.entries(left);
  const rightMap = new Map(Object.entries(right));
  return (
    leftEntries.length === rightMap.size &&
    leftEntries.every(([key, value]) => rightMap.has(key) && sameValue(value, rightMap.get(key)))
  );
}
