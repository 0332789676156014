/** Names of the filters and apps that a pipeline file may use. */
export interface FactoryNames {
  readonly filters: ReadonlySet<string>;
  readonly apps: ReadonlySet<string>;
}

/** All that the gateway has. */
export const knownFactories: FactoryNames = {
  filters: new Set([
    'authtoken',
    'catch_errors',
    'compute_req_id',
    'cors',
    'extensions',
    'fake_project_id',
    'faultwrap',
    'healthcheck',
    'http_proxy_to_wsgi',
    'keystonecontext',
    'legacy_v2_compatible',
    'noauth2',
    'osprofiler',
    'project_id',
    'request_id',
    'request_log',
    'sizelimit',
  ]),
  apps: new Set([
    'compute',
    'compute_version_v21',
    'compute_versions',
    'healthcheck',
    'identity',
    'identity_versions',
    'image',
    'image_versions',
    'metadata',
    'network',
    'network_versions',
  ]),
};
