import type { Composite, Factories } from '#libs/pipeline';

/** oslo.middleware's classes are referenced through the package, through their module, and as an entry point. */
function oslo(name: string, module: string, entryPoint: string, className: string): [string, string][] {
  return [
    [`oslo_middleware:${className}.factory`, name],
    [`oslo_middleware.${module}:${className}.factory`, name],
    [`oslo_middleware.${module}:filter_factory`, name],
    [`egg:oslo.middleware#${entryPoint}`, name],
  ];
}

const filters = new Map<string, string>([
  ...oslo('cors', 'cors', 'cors', 'CORS'),
  ...oslo('http_proxy_to_wsgi', 'http_proxy_to_wsgi', 'http_proxy_to_wsgi', 'HTTPProxyToWSGI'),
  ...oslo('request_id', 'request_id', 'request_id', 'RequestId'),
  ...oslo('catch_errors', 'catch_errors', 'catch_errors', 'CatchErrors'),
  ...oslo('sizelimit', 'sizelimit', 'sizelimit', 'RequestBodySizeLimiter'),
  ...oslo('healthcheck', 'healthcheck', 'healthcheck', 'Healthcheck'),
  ['keystonemiddleware.auth_token:filter_factory', 'authtoken'],
  ['egg:keystonemiddleware#auth_token', 'authtoken'],
  ['osprofiler.web:WsgiMiddleware.factory', 'osprofiler'],
  ['egg:osprofiler#osprofiler', 'osprofiler'],
  ['nova.profiler:WsgiMiddleware.factory', 'osprofiler'],
  ['nova.api.compute_req_id:ComputeReqIdMiddleware.factory', 'compute_req_id'],
  ['nova.api.openstack:FaultWrapper.factory', 'faultwrap'],
  ['nova.api.openstack:LegacyV2CompatibleWrapper.factory', 'legacy_v2_compatible'],
  ['nova.api.openstack.requestlog:RequestLog.factory', 'request_log'],
  ['nova.api.openstack.auth:NoAuthMiddleware.factory', 'noauth2'],
  ['nova.api.auth:NovaKeystoneContext.factory', 'keystonecontext'],
  ['neutron.auth:NeutronKeystoneContext.factory', 'keystonecontext'],
  ['neutron.auth:NoauthFakeProjectId.factory', 'fake_project_id'],
  ['neutron.api.extensions:plugin_aware_extension_middleware_factory', 'extensions'],
  ['neutron.api.extensions:ProjectIdMiddleware.factory', 'project_id'],
]);

const apps = new Map<string, string>([
  ['oslo_middleware:Healthcheck.app_factory', 'healthcheck'],
  ['oslo_middleware.healthcheck:Healthcheck.app_factory', 'healthcheck'],
  ['egg:oslo.middleware#healthcheck', 'healthcheck'],
  ['nova.api.metadata.handler:MetadataRequestHandler.factory', 'metadata'],
  ['nova.api.openstack.compute:APIRouterV21.factory', 'compute'],
  ['nova.api.openstack.compute.versions:Versions.factory', 'compute_versions'],
  ['nova.api.openstack.compute.versions:VersionsV2.factory', 'compute_version_v21'],
  ['neutron.api.v2.router:APIRouter.factory', 'network'],
  ['neutron.pecan_wsgi.app:v2_factory', 'network'],
  ['neutron.pecan_wsgi.app:versions_factory', 'network_versions'],
  ['neutron.api.versions:Versions.factory', 'network_versions'],
]);

const composites = new Map<string, Composite>([
  ['nova.api.openstack.urlmap:urlmap_factory', 'urlmap_with_wildcards'],
  ['nova.api.auth:pipeline_factory', 'pipeline_by_auth_strategy'],
  ['nova.api.auth:pipeline_factory_v21', 'pipeline_by_auth_strategy'],
  ['neutron.auth:pipeline_factory', 'pipeline_by_auth_strategy'],
]);

/** All filters and apps of the gateway; the files of nova and neutron can refer to them, too. */
export const knownFactories = {
  distribution: 'albireo',
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
  aliases: { filters, apps, composites },
} satisfies Factories;
