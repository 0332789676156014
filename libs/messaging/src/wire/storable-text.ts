import { DispatchError } from './failure.js';
import type { IncomingRequest } from './envelope.js';

/** NUL, and an unpaired surrogate; the halves of a pair do not match. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/**
 * Refuses a request with a text that no UTF-8 database stores unchanged: an unpaired surrogate would be stored as
 * U+FFFD, NUL not at all. Both are escaped in JSON, so requests without escapes are not searched. Throws
 * UnstorableText, which names the argument and not its value.
 */
export function refuseUnstorableText({ method, args, context, hasEscapes }: IncomingRequest): void {
  if (!hasEscapes) return;
  const found = find(args, 'argument ') ?? find(context, 'context ');
  if (found === undefined) return;
  throw new DispatchError('UnstorableText', `${method}: ${found} has a half character or NUL, which cannot be stored`);
}

/** @param path the path to the value, with the separator before its keys */
function find(value: object, path: string): string | undefined {
  for (const [key, item] of Object.entries(value)) {
    // A key that cannot be stored is not repeated in the error either.
    if (UNSTORABLE.test(key)) return `a name in ${path.trimEnd()}`;
    const here = `${path}${key}`;
    if (typeof item === 'string' && UNSTORABLE.test(item)) return here;
    if (typeof item !== 'object' || item === null) continue;
    const found = find(item, `${here}.`);
    if (found !== undefined) return found;
  }
  return undefined;
}
