/** Names of the HTTP APIs, as in `enabled_apis`. */
export const API_NAMES = ['identity', 'osapi_compute', 'metadata', 'image', 'network'] as const;
export type ApiName = (typeof API_NAMES)[number];
