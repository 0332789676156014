import { SerialConsoleOptions, SpiceOptions, VncOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { ExpectedError } from '#libs/contracts';
import type { ConsoleConnectArgs, ConsoleConnectionData, ConsoleProtocol, ConsoleType } from '#libs/contracts';
import type { ConsoleTarget, GuestDescription, VirtDriver } from '../drivers/virt-driver.js';
import type { Store } from '../store/index.js';
import type { ComputeSettings } from './compute-host.js';
import { guestOf } from './guest.js';

/** A kind of console, with the options of this host for it. */
interface ConsoleKind {
  readonly enabled: boolean;
  readonly types: readonly ConsoleType[];
  readonly urlBase: string;
  readonly find: ((guest: GuestDescription) => Promise<ConsoleTarget | undefined>) | undefined;
}

/** Finds the addresses of the consoles of this host's guests (get_vnc_console and others of nova.compute.manager). */
export class ConsolePlaces {
  constructor(
    private readonly store: Store,
    private readonly driver: VirtDriver,
    private readonly settings: ComputeSettings,
    private readonly config: Configuration,
  ) {}

  /**
   * Errors: ConsoleTypeUnavailable, ConsoleTypeInvalid, FeatureNotSupported, Conflict (no guest with such a console).
   */
  async find({ instance_uuid: id, protocol, console_type: type }: ConsoleConnectArgs): Promise<ConsoleConnectionData> {
    const kind = this.#kind(protocol, type);
    if (kind?.enabled !== true) {
      throw new ExpectedError('ConsoleTypeUnavailable', `Unavailable console type ${type}.`);
    }
    if (!kind.types.includes(type)) throw new ExpectedError('ConsoleTypeInvalid', `Invalid console type ${type}`);
    if (kind.find === undefined) {
      throw new ExpectedError('FeatureNotSupported', 'The requested functionality is not supported.');
    }
    const { db } = this.store;
    const row = await db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
    const { host: ownHost, instanceNameTemplate } = this.settings;
    const host = row?.host ?? ownHost;
    const target = row === undefined ? undefined : await kind.find(guestOf(row, host, instanceNameTemplate));
    if (target === undefined) throw new ExpectedError('Conflict', `Instance ${id} is not ready`, { instance_id: id });
    const { urlBase: access_url_base } = kind;
    if ('socketPath' in target) {
      return { host, port: 0, tls_port: null, socket_path: target.socketPath, access_url_base };
    }
    const { host: address, port, tlsPort = null } = target;
    return { host: address, port, tls_port: tlsPort, socket_path: null, access_url_base };
  }

  #kind(protocol: ConsoleProtocol, type: ConsoleType): ConsoleKind | undefined {
    const { driver } = this;
    switch (protocol) {
      case 'vnc': {
        const { enabled, novncproxyBaseUrl = 'http://127.0.0.1:6080/vnc_auto.html' } = this.config.get(VncOptions);
        return { enabled, types: ['novnc'], urlBase: novncproxyBaseUrl, find: driver.getVncConsole?.bind(driver) };
      }
      case 'serial': {
        const { enabled, baseUrl = 'ws://127.0.0.1:6083/' } = this.config.get(SerialConsoleOptions);
        return { enabled, types: ['serial'], urlBase: baseUrl, find: driver.getSerialConsole?.bind(driver) };
      }
      case 'spice': {
        const options = this.config.get(SpiceOptions);
        const { enabled, html5proxyBaseUrl = 'http://127.0.0.1:6082/spice_auto.html' } = options;
        const isDirect = type === 'spice-direct';
        const urlBase = isDirect ? options.spiceDirectProxyBaseUrl : html5proxyBaseUrl;
        const types = ['spice-html5', 'spice-direct'] as const;
        const direct = isDirect ? driver.getDirectSpiceConsole?.bind(driver) : undefined;
        return { enabled, types, urlBase, find: direct ?? driver.getSpiceConsole?.bind(driver) };
      }
      default:
        // Console types of other hypervisors.
        return undefined;
    }
  }
}
