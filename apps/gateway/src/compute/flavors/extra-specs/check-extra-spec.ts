import { booleanOf } from '#libs/contracts';
import { Fault } from '../../../edge/errors/fault.js';
import { EXTRA_SPECS } from './specs.js';
import type { ExtraSpec, SpecValue } from './specs.js';

interface Known {
  readonly value: SpecValue;
  readonly matches: (name: string) => boolean;
}

const plain = new Map<string, SpecValue>();
const patterns: Known[] = [];
const namespaces: RegExp[] = [];
for (const spec of EXTRA_SPECS) addSpec(spec);

function addSpec({ name, parameters, value }: ExtraSpec): void {
  const isPlain = Object.keys(parameters).length === 0;
  const text = Object.entries(parameters).reduce((made, [key, form]) => made.replace(`{${key}}`, `(?:${form})`), name);
  if (isPlain) plain.set(name, value);
  else patterns.push({ value, matches: (given) => new RegExp(`^(?:${text})$`, 's').test(given) });
  // The colon of `(?:` is not a separator.
  const [namespace = '', rest] = text.split(/(?<!\(\?):/, 2);
  const form = `^(?:${namespace})$`;
  if (rest !== undefined && !namespaces.some(({ source }) => source === form)) namespaces.push(new RegExp(form));
}

/**
 * Refuses an extra spec in one of nova's own namespaces if nova does not know it, or if its value is invalid; other
 * namespaces are free. Throws Fault 400 with nova's texts.
 */
export function checkExtraSpec(name: string, value: string): void {
  const known = plain.get(name) ?? patterns.find(({ matches }) => matches(name))?.value;
  if (known !== undefined) return checkValue(value, known);
  const [namespace = '', rest] = name.split(':', 2);
  if (rest === undefined || !namespaces.some((form) => form.test(namespace))) return;
  throw refused(`extra spec '${name}' does not appear to be a valid extra spec.`);
}

function checkValue(value: string, known: SpecValue): void {
  if (known.type === 'integer') return checkInteger(value, known);
  if (known.type === 'boolean') {
    if (booleanOf(value) === undefined) throw refused(`'${value}' is not a valid boolean-like value.`);
    return;
  }
  const { pattern, form = pattern, oneOf } = known;
  if (form !== undefined && !new RegExp(`^(?:${form})$`).test(value)) {
    throw refused(`'${value}' is not of the format '${pattern ?? form}'.`);
  }
  if (oneOf !== undefined && !oneOf.includes(value)) {
    throw refused(`'${value}' is not one of: ${oneOf.join(', ')}.`);
  }
}

/** As Python's int() reads it. */
function checkInteger(value: string, { min, max }: { readonly min?: number; readonly max?: number }): void {
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) throw refused(`'${value}' is not a valid integer value.`);
  const number = Number(value.replaceAll('_', ''));
  if (max !== undefined && number > max) throw refused(`'${number}' is greater than the max value of '${max}'.`);
  if (min !== undefined && number < min) throw refused(`'${number}' is less than the min value of '${min}'.`);
}

function refused(reason: string): Fault {
  return new Fault(400, `Validation failed; ${reason}`, { code: 'InvalidInput' });
}
