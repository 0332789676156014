import type { Declaration } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';

const LONGEST_ID = 255;

/**
 * The id in a path. Clients try a name as an id first and expect 404, so whatever cannot be an id is not found
 * (never 400), and is not sent to the worker.
 */
export function resourceId({ notFound }: Declaration, text: string): string {
  if (text.length <= LONGEST_ID && !text.includes('\0')) return text;
  throw new Fault(404, notFound.text.replace('%s', JSON.stringify(text.slice(0, 64))), { code: notFound.code });
}
