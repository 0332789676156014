import type { ApiDefinition } from './api-definition.js';
import type { ApiName } from './api-names.js';

/** Loads the definition of an API; only APIs that run are loaded. */
export const apiLoaders: Readonly<Record<ApiName, () => Promise<ApiDefinition>>> = {
  identity: async () => (await import('../identity/identity.api.js')).identityApi,
  osapi_compute: async () => (await import('../compute/compute.api.js')).computeApi,
  metadata: async () => (await import('../metadata/metadata.api.js')).metadataApi,
  image: async () => (await import('../image/image.api.js')).imageApi,
  network: async () => (await import('../network/network.api.js')).networkApi,
};
