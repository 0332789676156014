import { notFound } from '../errors/keystone-faults.js';

/** The id in a path. What cannot be an id is not found: clients try names as ids first. */
export function objectId(kind: string, text: string): string {
  if (text.length > 255 || text.includes('\0')) throw notFound(kind, text);
  return text;
}
