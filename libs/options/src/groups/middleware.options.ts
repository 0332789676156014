import { BoolOpt, IntOpt, ListOpt, OptionGroup, StrOpt } from '#libs/config';

@OptionGroup('oslo_middleware', { help: 'Filters before every API.', half: 'api' })
export class MiddlewareOptions {
  @IntOpt({
    default: 114688,
    min: 0,
    mutable: true,
    deprecatedOpts: [
      { group: 'DEFAULT', name: 'osapi_max_request_body_size' },
      { group: 'DEFAULT', name: 'max_request_body_size' },
    ],
    help: 'Maximum size of the body of a request, in bytes; a larger one is answered with 413.',
  })
  readonly maxRequestBodySize!: number;

  @BoolOpt({ default: false, help: 'Trust the headers Forwarded and X-Forwarded-* of a proxy.' })
  readonly enableProxyHeadersParsing!: boolean;
}

const requestHeaders = [
  'X-Auth-Token',
  'X-Openstack-Request-Id',
  'X-Identity-Status',
  'X-Roles',
  'X-Service-Catalog',
  'X-User-Id',
  'X-Tenant-Id',
  'X-OpenStack-Nova-API-Version',
  'OpenStack-API-Version',
];

const answerHeaders = [
  'X-Auth-Token',
  'X-Openstack-Request-Id',
  'X-Subject-Token',
  'X-Service-Token',
  'X-OpenStack-Nova-API-Version',
  'OpenStack-API-Version',
];

@OptionGroup('cors', { help: 'Requests of browsers from pages of other origins.', half: 'api' })
export class CorsOptions {
  @ListOpt({ default: [], help: 'Origins that may ask, as https://horizon.example.com, or *. Empty: none.' })
  readonly allowedOrigin!: readonly string[];

  @BoolOpt({ default: true, help: 'Let browsers send credentials.' })
  readonly allowCredentials!: boolean;

  @ListOpt({ default: answerHeaders, help: 'Headers of an answer that pages may read.' })
  readonly exposeHeaders!: readonly string[];

  @IntOpt({ default: 3600, min: 0, help: 'Seconds for which a browser may keep the answer to a preflight request.' })
  readonly maxAge!: number;

  @ListOpt({ default: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'], help: 'Methods that pages may use.' })
  readonly allowMethods!: readonly string[];

  @ListOpt({ default: requestHeaders, help: 'Headers that pages may send.' })
  readonly allowHeaders!: readonly string[];
}

@OptionGroup('healthcheck', { help: 'The answer of /healthcheck.', half: 'api' })
export class HealthcheckOptions {
  @BoolOpt({ default: false, help: 'Tell details about the process; for private networks only.' })
  readonly detailed!: boolean;

  @ListOpt({
    default: [],
    choices: ['disable_by_file', 'disable_by_files_ports', 'enable_by_files'],
    help: 'The checks that are made.',
  })
  readonly backends!: readonly string[];

  @StrOpt({ help: 'When this file exists the answer is 503.' })
  readonly disableByFilePath!: string | undefined;

  @ListOpt({ default: [], help: 'As disable_by_file_path for single ports: port:path.' })
  readonly disableByFilePaths!: readonly string[];

  @ListOpt({ default: [], help: 'When none of these files exists the answer is 503.' })
  readonly enableByFilePaths!: readonly string[];

  @ListOpt({ default: [], help: 'Networks that may ask, as 10.0.0.0/8. Empty: all.' })
  readonly allowedSourceRanges!: readonly string[];

  @BoolOpt({ default: false, help: 'Do not answer requests that came through a proxy.' })
  readonly ignoreProxiedRequests!: boolean;
}
