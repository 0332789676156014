import type { ApiName } from '../api-names.js';
import type { TokenClaims } from './token-claims.js';

/** The names of the APIs in access rules. */
const SERVICE_TYPES: Readonly<Partial<Record<ApiName, string>>> = {
  identity: 'identity',
  osapi_compute: 'compute',
  image: 'image',
  network: 'network',
};

/**
 * Whether the access rules of a token's application credential permit a request to an API, as in keystonemiddleware:
 * without rules everything is permitted.
 *
 * @param path without the query
 */
export function allowsRequest(claims: TokenClaims, api: ApiName, method: string, path: string): boolean {
  const rules = claims.applicationCredential?.accessRules ?? [];
  if (rules.length === 0) return true;
  const service = SERVICE_TYPES[api];
  return rules.some((rule) => rule.service === service && rule.method === method && matchesPath(path, rule.path));
}

/**
 * In a pattern `{name}` is one segment, `*` a part of one, `**` any text. Takes time proportional to the product of
 * both lengths.
 */
export function matchesPath(path: string, pattern: string): boolean {
  const parts: readonly string[] =
    pattern.match(/\{[^}]*\}|\*\*|[^]/g)?.map((part) => (part.length > 2 ? '{}' : part)) ?? [];
  // reached[i]: the parts so far match the first i characters.
  let reached = [true, ...Array.from(path, () => false)];
  for (const part of parts) {
    const next = reached.map(() => false);
    for (let index = 0; index <= path.length; index += 1) {
      const before = index > 0 && reached[index - 1] === true;
      const isInside = index > 0 && path[index - 1] !== '/';
      if (part === '**') next[index] = reached[index] === true || (index > 0 && next[index - 1] === true);
      else if (part === '*') next[index] = reached[index] === true || (isInside && next[index - 1] === true);
      else if (part === '{}') next[index] = isInside && (before || next[index - 1] === true);
      else next[index] = before && path[index - 1] === part;
    }
    reached = next;
  }
  return reached.at(-1) === true;
}
