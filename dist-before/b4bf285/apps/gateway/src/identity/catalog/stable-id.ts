import { createHash } from 'node:crypto';

/** 32 hexadecimal digits that are always the same for the same parts: ids of what is configuration, not a row. */
export function stableId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
