import { fileURLToPath } from 'node:url';
import { ApiOptions, StartError, WsgiOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { loadPipeline } from '#libs/pipeline';
import type { Component, Pipeline as LoadedPipeline } from '#libs/pipeline';
import type { ApiName } from '../api-names.js';
import { knownFactories } from './known-factories.js';
import type { NamedFilter, PipelineMount } from './pipeline-mount.js';

/** The file that is shipped with the product. */
const OWN_FILE = fileURLToPath(new URL('../../../../../../etc/api-paste.ini', import.meta.url));
const DEFAULT_NAME = 'api-paste.ini';

/** Names of an API's app in a paste file; also upstream's own if they differ. */
const APP_NAMES: Readonly<Record<ApiName, readonly string[]>> = {
  identity: ['identity', 'public_api'],
  osapi_compute: ['osapi_compute'],
  metadata: ['metadata'],
  image: ['image', 'glance-api'],
  network: ['network', 'neutron'],
};

/** nova uses `noauth2` and neutron `noauth`; in a file without a pipeline for `local`, the one with tokens is used. */
export const STRATEGY_KEYS = {
  keystone: ['keystone'],
  local: ['local', 'keystone'],
  noauth2: ['noauth2', 'noauth'],
} as const;

function pasteFile(config: Configuration): string {
  const { apiPasteConfig } = config.get(WsgiOptions);
  const found = config.findFile(apiPasteConfig);
  if (found !== undefined) return found;
  if (apiPasteConfig === DEFAULT_NAME) return OWN_FILE;
  throw new StartError(`[wsgi] api_paste_config: Could not find config at ${apiPasteConfig}`);
}

const named = ({ factory, settings }: Component): NamedFilter => ({ name: factory, settings });

/** The only app that is not an API itself: it answers at the end of its pipeline. */
function healthcheckOf(app: Component | undefined): NamedFilter[] {
  return app?.factory === 'healthcheck' ? [{ name: 'app:healthcheck', settings: app.settings }] : [];
}

/**
 * The pipeline of an API from `[wsgi] api_paste_config`. Throws PipelineError (with file and line; code
 * `PasteAppNotFound` when the file has no such API) and StartError.
 */
export function loadApiPipeline(name: ApiName, config: Configuration): LoadedPipeline {
  const { authStrategy } = config.get(ApiOptions);
  return loadPipeline({
    file: pasteFile(config),
    app: APP_NAMES[name],
    factories: knownFactories,
    strategies: STRATEGY_KEYS[authStrategy],
  });
}

/**
 * The mounts of an API from `[wsgi] api_paste_config`. Does not load Nest. Throws PipelineError (with file and line;
 * code `PasteAppNotFound` when the file has no such API) and StartError.
 */
export function loadMounts(name: ApiName, config: Configuration): PipelineMount[] {
  return loadApiPipeline(name, config).mounts.map((mount) => ({
    prefix: mount.prefix === '' ? '/' : mount.prefix,
    more: mount.needsMore,
    filters: [...mount.filters.map(named), ...healthcheckOf(mount.app)],
  }));
}
