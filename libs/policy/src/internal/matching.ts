import type { Credentials } from '../credentials.js';
import type { PolicyTarget } from '../target.js';

/**
 * Text of a JSON value as Python's str() writes it, since rules compare with that text: `True`, `None`, `['a']`.
 * JSON's 1.0 and 1 are one value in JavaScript, so both are `1` here.
 */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value === 'object') {
    const items = Object.entries(value).map(([key, item]) => `${quote(key)}: ${pythonRepr(item)}`);
    return `{${items.join(', ')}}`;
  }
  return typeof value === 'number' || typeof value === 'bigint' ? value.toString() : '';
}

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark;
}

/** Whether one of the caller's roles is `role`; case is ignored, as in oslo.policy. */
export function hasRole(creds: Credentials, role: string): boolean {
  const roles: unknown = creds['roles'];
  if (!Array.isArray(roles)) return false;
  const wanted = role.toLowerCase();
  return roles.some((name: unknown) => typeof name === 'string' && name.toLowerCase() === wanted);
}

/** Follows a dotted path into the credentials; a list on the way matches when any of its items does. */
export function attributeMatches(creds: Credentials, path: readonly string[], wanted: string): boolean {
  const [first] = path;
  // oslo.policy copies system_scope to "system", which older rules use.
  if (first === 'system' && path.length === 1 && isTruthy(creds['system_scope'])) {
    return pythonText(creds['system_scope']) === wanted;
  }
  return find(creds, path, 0, wanted);
}

function find(value: unknown, path: readonly string[], at: number, wanted: string): boolean {
  const key = path[at];
  if (key === undefined) return pythonText(value) === wanted;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return false;
  const next: unknown = Reflect.get(value, key);
  if (next === undefined) return false;
  if (Array.isArray(next)) return next.some((item) => find(item, path, at + 1, wanted));
  return find(next, path, at + 1, wanted);
}

/** neutron's field check: booleans match their word in any spelling, other values are compared as text. */
export function fieldMatches(target: PolicyTarget, field: string, value: string, pattern: RegExp | undefined): boolean {
  const found: unknown = Object.hasOwn(target, field) ? target[field] : undefined;
  if (found === undefined || found === null) return false;
  if (pattern !== undefined) return typeof found === 'string' && pattern.test(found);
  if (typeof found === 'boolean') return found === /^(?:true|1|t|yes|y|on)$/i.test(value);
  return pythonText(found) === value;
}

export function isTruthy(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}
