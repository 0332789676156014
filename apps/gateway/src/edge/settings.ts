/** Names of the HTTP APIs, as in `enabled_apis`. */
export const API_NAMES = ['identity', 'osapi_compute', 'metadata', 'image', 'network'] as const;
export type ApiName = (typeof API_NAMES)[number];

export interface CorsSettings {
  readonly allowedOrigin: readonly string[];
  readonly allowCredentials: boolean;
  readonly exposeHeaders: readonly string[];
  readonly maxAge: number;
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
}

/** `[healthcheck]`. */
export interface HealthcheckSettings {
  readonly detailed: boolean;
  readonly backends: readonly string[];
  readonly disableByFilePath: string | undefined;
  /** `port:path`. */
  readonly disableByFilePaths: readonly string[];
  readonly enableByFilePaths: readonly string[];
  /** Addresses or CIDRs; empty: everybody. */
  readonly allowedSourceRanges: readonly string[];
  readonly ignoreProxiedRequests: boolean;
}

/** Public, internal and admin URL of one service in the catalog; undefined is derived from the request. */
export interface CatalogUrls {
  readonly public: string | undefined;
  readonly internal: string | undefined;
  readonly admin: string | undefined;
}

export type CatalogService = 'identity' | 'compute' | 'image' | 'network';

/** What the gateway reads of the configuration; live, so a reload shows in the next request. Times in ms. */
export interface GatewaySettings {
  readonly requestTimeoutMs: number;
  /** Most items of one page. */
  readonly maxLimit: number;
  /** Lists of the Network API: most items of one page (undefined: no bound), and whether unknown filters pass. */
  readonly networkLists: { readonly maxLimit: number | undefined; readonly isLoose: boolean };
  /** Whether one request may create several networks, subnets or ports. */
  readonly allowBulk: boolean;
  readonly computeLinkPrefix: string | undefined;
  readonly glanceLinkPrefix: string | undefined;
  readonly authStrategy: 'local' | 'keystone' | 'noauth2';
  readonly maxBodyBytes: number;
  readonly proxyHeaders: boolean;
  /** Header, in lower case, in which a trusted proxy tells the scheme. */
  readonly schemeHeader: string | undefined;
  readonly cors: CorsSettings;
  readonly healthcheck: HealthcheckSettings;
  /** `use_json`: the request log tells its facts one by one too. */
  readonly jsonLog: boolean;
  readonly tokenCacheSeconds: number;
  readonly serviceTokenRoles: readonly string[];
  readonly serviceTokenRolesRequired: boolean;
  readonly delayAuthDecision: boolean;
  /** `[keystone_authtoken] www_authenticate_uri`; undefined: this product's own Identity API. */
  readonly wwwAuthenticateUri: string | undefined;
  readonly signingKeys: readonly string[];
  /** Seconds. */
  readonly tokenExpiration: number;
  readonly region: string;
  readonly catalog: Readonly<Record<CatalogService, CatalogUrls>>;
  /** Ports of the services, for catalog URLs that are derived from the request. */
  readonly ports: Readonly<Record<ApiName, number>>;
  readonly maxHeaderLine: number;
  /** Characters of path and query. */
  readonly maxUrlLength: number;
  readonly keepAlive: boolean;
  /** 0: never. */
  readonly clientSocketTimeoutMs: number;
  readonly metadataCacheMs: number;
  /** Without a byte of an image for so long, its upload or download is given up. */
  readonly dataIdleMs: number;
  readonly requireImageFormatMatch: boolean;
  /** `show_multiple_locations`. */
  readonly showsImageLocations: boolean;
  /** `show_image_direct_url`. */
  readonly showsImageUrl: boolean;
  readonly dhcpDomain: string;
  readonly enableInstancePassword: boolean;
  readonly serviceMetadataProxy: boolean;
  /** What metadata proxies may sign with. */
  readonly metadataProxySecrets: readonly string[];
  readonly defaultAvailabilityZone: string;
}

const NO_URLS: CatalogUrls = { public: undefined, internal: undefined, admin: undefined };

/** The options' own defaults; for tests, which override what they are about. */
export const DEFAULT_GATEWAY_SETTINGS: GatewaySettings = Object.freeze<GatewaySettings>({
  requestTimeoutMs: 55_000,
  maxLimit: 1000,
  networkLists: { maxLimit: undefined, isLoose: false },
  allowBulk: true,
  computeLinkPrefix: undefined,
  glanceLinkPrefix: undefined,
  authStrategy: 'local',
  maxBodyBytes: 114_688,
  proxyHeaders: false,
  schemeHeader: undefined,
  cors: {
    allowedOrigin: [],
    allowCredentials: true,
    exposeHeaders: [],
    maxAge: 3600,
    allowMethods: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'],
    allowHeaders: [],
  },
  healthcheck: {
    detailed: false,
    backends: [],
    disableByFilePath: undefined,
    disableByFilePaths: [],
    enableByFilePaths: [],
    allowedSourceRanges: [],
    ignoreProxiedRequests: false,
  },
  jsonLog: false,
  tokenCacheSeconds: 300,
  serviceTokenRoles: ['service'],
  serviceTokenRolesRequired: true,
  delayAuthDecision: false,
  wwwAuthenticateUri: undefined,
  signingKeys: [],
  tokenExpiration: 3600,
  region: 'RegionOne',
  catalog: { identity: NO_URLS, compute: NO_URLS, image: NO_URLS, network: NO_URLS },
  ports: { identity: 5000, osapi_compute: 8774, metadata: 8775, image: 9292, network: 9696 },
  maxHeaderLine: 16_384,
  maxUrlLength: 8192,
  keepAlive: true,
  clientSocketTimeoutMs: 900_000,
  metadataCacheMs: 15_000,
  dataIdleMs: 60_000,
  requireImageFormatMatch: true,
  showsImageLocations: false,
  showsImageUrl: false,
  dhcpDomain: 'novalocal',
  enableInstancePassword: true,
  serviceMetadataProxy: false,
  metadataProxySecrets: [],
  defaultAvailabilityZone: 'nova',
});
