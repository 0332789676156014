import { loadConfiguration as load } from '#libs/config';
import type { Configuration, LoadInput } from '#libs/config';
import { foreignOptions } from './foreign/foreign-options.js';
import { imageBackendGroups } from './groups/image-store.options.js';

/** What every program of the product looks for and lets pass in its files. */
export const productSources = {
  project: 'albireo',
  foreign: foreignOptions,
  namedGroups: imageBackendGroups,
} as const;

/** As in `libs/config`, for a program of the product. */
export function loadConfiguration(input: LoadInput): Configuration {
  return load({ ...productSources, ...input });
}
