import { isRecord } from './field-type.js';
import type { FieldDeclaration } from './field.js';
import type { Declaration } from './resource.js';

/**
 * A policy rule about a field of an operation (`create_port:fixed_ips`), or about a member of the field
 * (`…:fixed_ips:subnet_id`).
 */
export interface Guard {
  readonly rule: string;
  readonly field: FieldDeclaration;
  readonly member: string | undefined;
}

/** The guards of one operation (`create`, `update`, `get`), from the registered rules: found once, at start. */
export function guardsOf(declaration: Declaration, operation: string, ruleNames: Iterable<string>): readonly Guard[] {
  const prefix = `${operation}_${declaration.qualified}:`;
  const guards: Guard[] = [];
  for (const rule of ruleNames) {
    if (!rule.startsWith(prefix)) continue;
    const rest = rule.slice(prefix.length);
    // The longest name first: names contain colons themselves.
    const whole = declaration.byName.get(rest);
    const at = rest.lastIndexOf(':');
    const field = whole ?? declaration.byName.get(rest.slice(0, Math.max(at, 0)));
    if (field === undefined) continue;
    guards.push({ rule, field, member: whole === undefined ? rest.slice(at + 1) : undefined });
  }
  return guards;
}

/**
 * The rules that an input must satisfy: those of the fields that it sets. On a create, a field with its declared
 * default is not checked.
 */
export function askedRules(
  guards: readonly Guard[],
  input: Readonly<Record<string, unknown>>,
  creating: boolean,
): readonly string[] {
  return guards
    .filter(({ field, member }) => isAsked(field, member, input[field.field], creating))
    .map(({ rule }) => rule);
}

function isAsked(field: FieldDeclaration, member: string | undefined, value: unknown, creating: boolean): boolean {
  if (value === undefined) return false;
  if (member !== undefined) return [value].flat().some((entry) => isRecord(entry) && entry[member] !== undefined);
  return !(creating && field.default !== undefined && JSON.stringify(value) === JSON.stringify(field.default));
}
