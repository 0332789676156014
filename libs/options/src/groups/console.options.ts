import { BoolOpt, HostAddressOpt, IntOpt, ListOpt, OptionGroup, PortOpt, StrOpt, UriOpt } from '#libs/config';

const oldListen = (name: string) => [{ group: 'DEFAULT', name, silent: true }];

@OptionGroup('vnc', { help: 'Consoles by VNC: the guests, and the program albireo-novncproxy.' })
export class VncOptions {
  @BoolOpt({ default: true, deprecatedOpts: oldListen('vnc_enabled'), help: 'Whether guests have a VNC console.' })
  readonly enabled!: boolean;

  @HostAddressOpt({
    half: 'rpc',
    default: '127.0.0.1',
    deprecatedOpts: [{ name: 'vncserver_listen', silent: true }, ...oldListen('vncserver_listen')],
    help: 'Address on which the guests of this host listen.',
  })
  readonly serverListen!: string;

  @HostAddressOpt({
    half: 'rpc',
    default: '127.0.0.1',
    deprecatedOpts: [
      { name: 'vncserver_proxyclient_address', silent: true },
      ...oldListen('vncserver_proxyclient_address'),
    ],
    help: 'Address at which albireo-novncproxy reaches the guests of this host.',
  })
  readonly serverProxyclientAddress!: string;

  @UriOpt({
    deprecatedOpts: oldListen('novncproxy_base_url'),
    sampleDefault: 'http://127.0.0.1:6080/vnc_auto.html',
    help: 'What the URL of a console begins with, as browsers reach albireo-novncproxy.',
  })
  readonly novncproxyBaseUrl!: string | undefined;

  @HostAddressOpt({
    half: 'api',
    default: '0.0.0.0',
    deprecatedOpts: oldListen('novncproxy_host'),
    help: 'Address on which albireo-novncproxy listens.',
  })
  readonly novncproxyHost!: string;

  @PortOpt({
    half: 'api',
    default: 6080,
    deprecatedOpts: oldListen('novncproxy_port'),
    help: 'Port on which albireo-novncproxy listens; 0 for a free one.',
  })
  readonly novncproxyPort!: number;

  @ListOpt({
    half: 'api',
    choices: ['none', 'vencrypt'],
    default: ['none'],
    help: 'How albireo-novncproxy may log in to a guest, the best first.',
  })
  readonly authSchemes!: readonly ('none' | 'vencrypt')[];

  @StrOpt({ half: 'api', help: 'Key of the certificate that albireo-novncproxy shows to guests, PEM.' })
  readonly vencryptClientKey!: string | undefined;

  @StrOpt({ half: 'api', help: 'Certificate that albireo-novncproxy shows to guests, PEM.' })
  readonly vencryptClientCert!: string | undefined;

  @StrOpt({ half: 'api', help: 'Certificates of authorities that sign those of the guests, PEM.' })
  readonly vencryptCaCerts!: string | undefined;
}

@OptionGroup('serial_console', { help: 'Consoles by serial line: the guests, and the program albireo-serialproxy.' })
export class SerialConsoleOptions {
  @BoolOpt({ default: false, help: 'Whether guests have a serial console that can be opened.' })
  readonly enabled!: boolean;

  @UriOpt({
    sampleDefault: 'ws://127.0.0.1:6083/',
    help: 'What the URL of a console begins with. With http:// or https:// a browser shows a terminal.',
  })
  readonly baseUrl!: string | undefined;

  @HostAddressOpt({
    half: 'rpc',
    default: '127.0.0.1',
    help: 'Address on which the serial lines of this host listen, and at which albireo-serialproxy reaches them.',
  })
  readonly proxyclientAddress!: string;

  @HostAddressOpt({ half: 'api', default: '0.0.0.0', help: 'Address on which albireo-serialproxy listens.' })
  readonly serialproxyHost!: string;

  @PortOpt({ half: 'api', default: 6083, help: 'Port on which albireo-serialproxy listens; 0 for a free one.' })
  readonly serialproxyPort!: number;
}

@OptionGroup('spice', { help: 'Consoles by SPICE: the guests, and the program albireo-spicehtml5proxy.' })
export class SpiceOptions {
  @BoolOpt({ default: false, help: 'Whether guests have a SPICE console.' })
  readonly enabled!: boolean;

  @HostAddressOpt({ half: 'rpc', default: '127.0.0.1', help: 'Address on which the guests of this host listen.' })
  readonly serverListen!: string;

  @HostAddressOpt({
    half: 'rpc',
    default: '127.0.0.1',
    help: 'Address at which albireo-spicehtml5proxy reaches the guests of this host.',
  })
  readonly serverProxyclientAddress!: string;

  @UriOpt({
    sampleDefault: 'http://127.0.0.1:6082/spice_auto.html',
    help: 'What the URL of a console begins with, as browsers reach albireo-spicehtml5proxy.',
  })
  readonly html5proxyBaseUrl!: string | undefined;

  @UriOpt({
    half: 'rpc',
    default: 'http://127.0.0.1:13002/nova',
    help: 'What the URL of a console of type spice-direct begins with; the proxy for it is not part of this product.',
  })
  readonly spiceDirectProxyBaseUrl!: string;

  @HostAddressOpt({ half: 'api', default: '0.0.0.0', help: 'Address on which albireo-spicehtml5proxy listens.' })
  readonly html5proxyHost!: string;

  @PortOpt({ half: 'api', default: 6082, help: 'Port on which albireo-spicehtml5proxy listens; 0 for a free one.' })
  readonly html5proxyPort!: number;
}

@OptionGroup('consoleauth', { help: 'Tokens of consoles.' })
export class ConsoleauthOptions {
  @IntOpt({
    half: 'rpc',
    default: 600,
    min: 0,
    mutable: true,
    deprecatedOpts: oldListen('console_token_ttl'),
    help: 'Seconds for which the token of a console is valid; it can be used again until then.',
  })
  readonly tokenTtl!: number;

  @BoolOpt({ half: 'api', default: false, help: 'Whether a session ends with its token.' })
  readonly enforceSessionTimeout!: boolean;
}

@OptionGroup('console', { help: 'The console programs.', half: 'api' })
export class ConsoleOptions {
  @ListOpt({
    default: [],
    deprecatedOpts: [{ group: 'DEFAULT', name: 'console_allowed_origins', silent: true }],
    help: 'Host names, beside that of the request, whose pages may open a console.',
  })
  readonly allowedOrigins!: readonly string[];

  @StrOpt({ help: 'Ciphers that may be used, as OpenSSL writes them. Unset: those of Node.' })
  readonly sslCiphers!: string | undefined;

  @StrOpt({
    default: 'default',
    choices: ['default', 'tlsv1_1', 'tlsv1_2', 'tlsv1_3'],
    help: 'The oldest version of TLS that may be used.',
  })
  readonly sslMinimumVersion!: 'default' | 'tlsv1_1' | 'tlsv1_2' | 'tlsv1_3';
}

@OptionGroup('DEFAULT', { help: 'TLS and files of the console programs.', half: 'api' })
export class ConsoleTlsOptions {
  @BoolOpt({ default: false, help: 'Refuse to start a console program without TLS.' })
  readonly sslOnly!: boolean;

  @StrOpt({ help: 'Certificate of the console programs, PEM. Set: they are served over TLS alone.' })
  readonly cert!: string | undefined;

  @StrOpt({ help: 'Key of that certificate, where it is in a file of its own, PEM.' })
  readonly key!: string | undefined;

  @StrOpt({
    default: '/usr/share/spice-html5',
    help: 'Folder with the pages of spice-html5, which albireo-spicehtml5proxy serves.',
  })
  readonly web!: string;
}
