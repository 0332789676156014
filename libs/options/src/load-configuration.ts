import { loadConfiguration as load } from '#libs/config';
import type { Configuration, LoadInput } from '#libs/config';
import { foreignOptions } from './foreign/foreign-options.js';
import { imageBackendGroups } from './groups/image-store.options.js';

/** The files that every program of the product reads, and the foreign options that they may contain. */
export const productSources = {
  project: 'albireo',
  foreign: foreignOptions,
  namedGroups: imageBackendGroups,
} as const;

/** Like `loadConfiguration` of `libs/config`, for a program of the product. */
export function loadConfiguration(input: LoadInput): Configuration {
  return load({ ...productSources, ...input });
}
