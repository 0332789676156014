import { BoolOpt, IntOpt, OptionGroup, StrOpt } from '#libs/config';

@OptionGroup('wsgi', { help: 'The HTTP servers of the APIs.', half: 'api' })
export class WsgiOptions {
  @StrOpt({
    default: 'api-paste.ini',
    deprecatedOpts: [{ group: 'DEFAULT', silent: true }],
    help: 'The file with the pipelines of the APIs. A relative path is searched where configuration files are.',
  })
  readonly apiPasteConfig!: string;

  @StrOpt({ help: 'Certificate of the server, PEM. For the APIs in enabled_ssl_apis.' })
  readonly sslCertFile!: string | undefined;

  @StrOpt({ help: 'Key of the certificate, PEM.' })
  readonly sslKeyFile!: string | undefined;

  @StrOpt({ help: 'Certificates of authorities, PEM. When set, clients must present a certificate signed by one.' })
  readonly sslCaFile!: string | undefined;

  @IntOpt({ default: 600, min: 0, help: 'Seconds of silence before TCP keep-alive probes; 0 for none.' })
  readonly tcpKeepidle!: number;

  @IntOpt({ default: 16384, min: 0, help: 'Maximum size of the headers of a request, in bytes.' })
  readonly maxHeaderLine!: number;

  @IntOpt({ default: 8192, min: 1, help: 'Maximum length of path and query of a request, in bytes.' })
  readonly maxUrlLen!: number;

  @IntOpt({
    default: 900,
    min: 0,
    help:
      'Seconds for which a client may be silent; 0 for no limit. Shorter bounds hold beside it: 30 for the headers of a ' +
      'request, [api] request_timeout for a whole request, 72 between requests.',
  })
  readonly clientSocketTimeout!: number;

  @BoolOpt({
    default: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'wsgi_keep_alive' }],
    help: 'Keep a connection open after an answer.',
  })
  readonly keepAlive!: boolean;

  @StrOpt({
    deprecatedOpts: [{ group: 'DEFAULT' }],
    help: 'Header in which a proxy tells the scheme of the request, as X-Forwarded-Proto.',
  })
  readonly secureProxySslHeader!: string | undefined;
}
