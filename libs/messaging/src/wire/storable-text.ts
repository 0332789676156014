import { DispatchError } from './failure.js';
import type { IncomingRequest } from './envelope.js';

/** NUL, and half a character: of a pair, no half is found. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/**
 * Refuses a request with a text that no database of UTF-8 keeps as it is: half a character would be stored as U+FFFD,
 * NUL not at all. Both travel in JSON as escapes, so that requests without any are not looked through. Throws
 * UnstorableText, which names the argument and not its value.
 */
export function refuseUnstorableText({ method, args, context, hasEscapes }: IncomingRequest): void {
  if (!hasEscapes) return;
  const found = find(args, 'argument ') ?? find(context, 'context ');
  if (found === undefined) return;
  throw new DispatchError('UnstorableText', `${method}: ${found} has a half character or NUL, which cannot be stored`);
}

/** @param path what leads to the value, with the separator before its keys */
function find(value: object, path: string): string | undefined {
  for (const [key, item] of Object.entries(value)) {
    // A key that is not storable is not repeated either.
    if (UNSTORABLE.test(key)) return `a name in ${path.trimEnd()}`;
    const here = `${path}${key}`;
    if (typeof item === 'string' && UNSTORABLE.test(item)) return here;
    if (typeof item !== 'object' || item === null) continue;
    const found = find(item, `${here}.`);
    if (found !== undefined) return found;
  }
  return undefined;
}
