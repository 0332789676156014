import { inspect } from 'node:util';
import { maskText } from './mask.js';
import { originalFrame } from './original-stack.js';

const maxCauses = 8;

/** The stack of an error and of its causes as single lines, outermost first. */
export function errorLines(error: unknown): string[] {
  const lines: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current !== undefined && depth < maxCauses; depth += 1) {
    const text = current instanceof Error ? (current.stack ?? `${current.name}: ${current.message}`) : inspect(current);
    const [first = '', ...rest] = maskText(text).split('\n');
    lines.push(depth === 0 ? first : `Caused by: ${first}`, ...rest.map(originalFrame));
    current = current instanceof Error ? current.cause : undefined;
  }
  return lines;
}
