import {
  ApiListenOptions,
  ApiOptions,
  CatalogOptions,
  ComputeOptions,
  CorsOptions,
  HealthcheckOptions,
  IdentityOptions,
  ImageOptions,
  ImageServiceOptions,
  KeystoneAuthtokenOptions,
  LoggingOptions,
  MiddlewareOptions,
  NetworkOptions,
  NeutronOptions,
  WsgiOptions,
} from '#libs/options';
import type { Configuration } from '#libs/config';
import { metadataSecrets } from '#libs/contracts';
import type { CatalogService, CatalogUrls, GatewaySettings } from './settings.js';

/** The gateway's settings as a live view of the configuration: each read sees the option's present value. */
export function gatewaySettings(config: Configuration): GatewaySettings {
  const api = config.get(ApiOptions);
  const listen = config.get(ApiListenOptions);
  const identity = config.get(IdentityOptions);
  const middleware = config.get(MiddlewareOptions);
  const keystone = config.get(KeystoneAuthtokenOptions);
  const network = config.get(NetworkOptions);
  const neutron = config.get(NeutronOptions);
  const wsgi = config.get(WsgiOptions);
  return {
    get requestTimeoutMs() {
      return api.requestTimeout * 1000;
    },
    get maxLimit() {
      return api.maxLimit;
    },
    networkLists: { maxLimit: pageLimit(network.paginationMaxLimit), isLoose: !network.filterValidation },
    allowBulk: network.allowBulk,
    computeLinkPrefix: api.computeLinkPrefix,
    glanceLinkPrefix: api.glanceLinkPrefix,
    authStrategy: api.authStrategy,
    // Fastify takes the bound once; a reload shows in new processes.
    maxBodyBytes: middleware.maxRequestBodySize,
    proxyHeaders: middleware.enableProxyHeadersParsing,
    schemeHeader: headerName(wsgi.secureProxySslHeader),
    cors: config.get(CorsOptions),
    healthcheck: config.get(HealthcheckOptions),
    jsonLog: config.get(LoggingOptions).useJson,
    tokenCacheSeconds: keystone.tokenCacheTime,
    serviceTokenRoles: keystone.serviceTokenRoles,
    serviceTokenRolesRequired: keystone.serviceTokenRolesRequired,
    delayAuthDecision: keystone.delayAuthDecision,
    // As keystonemiddleware: clients are sent to where this service logs in.
    wwwAuthenticateUri: keystone.wwwAuthenticateUri ?? (api.authStrategy === 'keystone' ? keystone.authUrl : undefined),
    signingKeys: identity.signingKeys,
    get tokenExpiration() {
      return identity.tokenExpiration;
    },
    region: config.get(CatalogOptions).regionName,
    catalog: catalogUrls(config.get(CatalogOptions)),
    ports: {
      identity: listen.identityListenPort,
      osapi_compute: listen.osapiComputeListenPort,
      metadata: listen.metadataListenPort,
      image: listen.imageListenPort,
      network: listen.networkListenPort,
    },
    maxHeaderLine: wsgi.maxHeaderLine,
    maxUrlLength: wsgi.maxUrlLen,
    keepAlive: wsgi.keepAlive,
    clientSocketTimeoutMs: wsgi.clientSocketTimeout * 1000,
    dataIdleMs: config.get(ImageOptions).dataIdleTimeout * 1000,
    requireImageFormatMatch: config.get(ImageOptions).requireImageFormatMatch,
    showsImageLocations: config.get(ImageServiceOptions).showMultipleLocations,
    showsImageUrl: config.get(ImageServiceOptions).showImageDirectUrl,
    metadataCacheMs: api.metadataCacheExpiration * 1000,
    dhcpDomain: api.dhcpDomain,
    enableInstancePassword: api.enableInstancePassword,
    serviceMetadataProxy: neutron.serviceMetadataProxy,
    metadataProxySecrets: metadataSecrets(neutron.metadataProxySharedSecret, identity.signingKeys),
    defaultAvailabilityZone: config.get(ComputeOptions).defaultAvailabilityZone,
  };
}

/** Also in the form of a WSGI variable, `HTTP_X_FORWARDED_PROTO`, as nova takes it. */
function headerName(text: string | undefined): string | undefined {
  return text
    ?.toLowerCase()
    .replace(/^http_/, '')
    .replaceAll('_', '-');
}

/** `-1` and `infinite` are no bound, and so is 0, as in neutron. */
function pageLimit(text: string): number | undefined {
  const limit = Number(text);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}

function catalogUrls(options: CatalogOptions): Record<CatalogService, CatalogUrls> {
  return {
    identity: {
      public: options.identityPublicUrl,
      internal: options.identityInternalUrl,
      admin: options.identityAdminUrl,
    },
    compute: { public: options.computePublicUrl, internal: options.computeInternalUrl, admin: options.computeAdminUrl },
    image: { public: options.imagePublicUrl, internal: options.imageInternalUrl, admin: options.imageAdminUrl },
    network: { public: options.networkPublicUrl, internal: options.networkInternalUrl, admin: options.networkAdminUrl },
  };
}
