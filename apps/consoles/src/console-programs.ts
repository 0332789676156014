import { SerialConsoleOptions, SpiceOptions, VncOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ConsoleType } from '#libs/contracts';

export const CONSOLE_NAMES = ['novncproxy', 'serialproxy', 'spicehtml5proxy'] as const;
export type ConsoleName = (typeof CONSOLE_NAMES)[number];

/** The differences between the console programs. */
export interface ConsoleProgram {
  /** The token types that it accepts. */
  readonly types: readonly ConsoleType[];
  /** The page that is opened by a URL without one. */
  readonly page: string;
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
  /** The option that contains the beginning of its URLs. */
  readonly baseUrl: { readonly group: string; readonly name: string };
}

const PROGRAMS: Readonly<Record<ConsoleName, (config: Configuration) => ConsoleProgram>> = {
  novncproxy(config) {
    const { enabled, novncproxyHost: host, novncproxyPort: port } = config.get(VncOptions);
    const baseUrl = { group: 'vnc', name: 'novncproxy_base_url' };
    return { types: ['novnc', 'xvpvnc'], page: '/vnc_auto.html', enabled, host, port, baseUrl };
  },
  serialproxy(config) {
    const { enabled, serialproxyHost: host, serialproxyPort: port } = config.get(SerialConsoleOptions);
    return {
      types: ['serial'],
      page: '/',
      enabled,
      host,
      port,
      baseUrl: { group: 'serial_console', name: 'base_url' },
    };
  },
  spicehtml5proxy(config) {
    const { enabled, html5proxyHost: host, html5proxyPort: port } = config.get(SpiceOptions);
    const baseUrl = { group: 'spice', name: 'html5proxy_base_url' };
    return { types: ['spice-html5'], page: '/spice_auto.html', enabled, host, port, baseUrl };
  },
};

/** A console program with the values of the options. */
export function consoleProgram(name: ConsoleName, config: Configuration): ConsoleProgram {
  return PROGRAMS[name](config);
}
