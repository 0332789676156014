import { shownValue } from '#libs/contracts';
import type { FieldType } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';

/** 400 for a body or query that cannot be understood, under webob's class name as neutron has it. */
export function badRequest(message: string): Fault {
  return new Fault(400, message, { code: 'HTTPBadRequest' });
}

/** 400 for a value that cannot be converted to its attribute's type (neutron_lib.api.converters). */
export function invalidInput(reason: string): Fault {
  return new Fault(400, `Invalid input for operation: ${reason}.`, { code: 'InvalidInput' });
}

/** Why a value is none that its type converts to a boolean or a whole number; undefined: it is one. */
export function unconverted({ kind }: Pick<FieldType, 'kind'>, value: unknown): string | undefined {
  if (kind === 'boolean' && typeof value !== 'boolean') return `${shownValue(value)} cannot be converted to boolean`;
  if (kind === 'integer' && typeof value !== 'number') return `${shownValue(value)} is not an integer`;
  return undefined;
}

/** 403 in oslo.policy's words: the rules that were asked, joined as neutron joins them. */
export function forbidden(rules: readonly string[]): Fault {
  const asked = rules.map((rule) => `rule:${rule}`);
  const text = asked.length > 1 ? `(${asked.join(' and ')})` : asked.join('');
  return new Fault(403, `${text} is disallowed by policy`, { code: 'PolicyNotAuthorized' });
}
