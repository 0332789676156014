import { accessSync, constants } from 'node:fs';
import { ConsoleTlsOptions, MessagingOptions, StartError } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ServiceDescription, TlsFiles } from '#libs/launcher';
import { CONSOLE_NAMES, consoleProgram } from './console-programs.js';
import type { ConsoleName } from './console-programs.js';

/** A console program for the launcher. Does not load Nest. Throws StartError for files that cannot be read. */
export function describeConsole(name: ConsoleName, config: Configuration): ServiceDescription {
  const { host, port } = consoleProgram(name, config);
  return {
    name,
    workers: 1,
    module: new URL('./service.js', import.meta.url).href,
    half: 'api',
    listen: { host, port, tls: tlsFiles(config) },
    settings: { console: name },
  };
}

/** The console programs whose consoles are enabled. */
export function describeEnabledConsoles(config: Configuration): ServiceDescription[] {
  return CONSOLE_NAMES.filter((name) => consoleProgram(name, config).enabled).map((name) =>
    describeConsole(name, config),
  );
}

/**
 * Sets the beginning of a console's URLs, if no option does: to the bound address. Also for programs that contain the
 * workers.
 */
export function supplyBaseUrl(
  name: ConsoleName,
  config: Configuration,
  { host, port }: { readonly host: string; readonly port: number },
): void {
  const { page, baseUrl } = consoleProgram(name, config);
  const scheme = config.get(ConsoleTlsOptions).cert === undefined ? 'http' : 'https';
  const isAny = host === '0.0.0.0' || host === '::';
  const reachable = isAny ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  config.supply(baseUrl.group, baseUrl.name, `${scheme}://${reachable}:${port}${page}`);
}

/** Throws StartError with a message for the operator. */
export function checkConsole(config: Configuration): void {
  const { transportUrl } = config.get(MessagingOptions);
  if (transportUrl === undefined || transportUrl.startsWith('memory:')) {
    throw new StartError(
      'transport_url: a console program reaches the workers over rabbit://user:password@host:5672/vhost; ' +
        'memory:// works in albireo-server only, which holds both',
    );
  }
}

function tlsFiles(config: Configuration): TlsFiles | undefined {
  const { cert, key, sslOnly } = config.get(ConsoleTlsOptions);
  if (cert === undefined) {
    if (sslOnly) throw new StartError('ssl_only is true: expected [DEFAULT] cert to be set');
    return undefined;
  }
  for (const [option, file] of Object.entries({ cert, key })) {
    if (file !== undefined) checkReadable(option, file);
  }
  return { certFile: cert, keyFile: key ?? cert };
}

function checkReadable(option: string, file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`[DEFAULT] ${option}: cannot read ${file}: ${why}`, { cause: error });
  }
}
