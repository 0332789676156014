import { imageNotFound } from '../errors/glance-faults.js';

const LONGEST_ID = 255;

/** The id in a path. Clients try names as ids first, so an invalid id is not found either (Fault 404). */
export function imageIdOf(id: string): string {
  if (id.length > LONGEST_ID || id.includes('\0')) throw imageNotFound(id);
  return id;
}
