import { tapOf } from '../layout/names.js';
import type { NetworkSpace } from './network-space.js';

/** A guest's tap: its name is shortened, its alias contains both full ids. */
export interface Tap {
  readonly portId: string;
  readonly serverId: string;
  /** Whether it is attached to a bridge. */
  readonly isJoined: boolean;
}

interface TapJson {
  readonly ifname?: string;
  readonly mtu?: number;
  readonly master?: string;
  readonly ifalias?: string;
}

/** The taps of a host's guests. They exist as long as the ports are plugged, whether the guests run or not. */
export class Taps {
  constructor(private readonly space: NetworkSpace) {}

  async list(): Promise<readonly Tap[]> {
    return (await this.#read()).flatMap(({ ifalias = '', master }) => {
      const [, portId, serverId] = /^albireo port (\S+) server (\S+)$/.exec(ifalias) ?? [];
      return portId === undefined || serverId === undefined
        ? []
        : [{ portId, serverId, isJoined: master !== undefined }];
    });
  }

  async mtus(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.#read()).map(({ ifname = '', mtu = 1_500 }) => [ifname, mtu]));
  }

  /** Creates a port's tap, down and on no bridge; any process of the same user may open it. */
  async add(portId: string, serverId: string): Promise<void> {
    const name = tapOf(portId);
    const taps = await this.#read();
    if (!taps.some(({ ifname }) => ifname === name)) {
      await this.space.run(['ip', 'tuntap', 'add', 'dev', name, 'mode', 'tap', 'user', '0']);
    }
    await this.space.run(['ip', 'link', 'set', 'dev', name, 'alias', `albireo port ${portId} server ${serverId}`]);
  }

  async remove(portIds: readonly string[]): Promise<void> {
    const there = new Set((await this.#read()).map(({ ifname }) => ifname));
    const lines = portIds
      .map(tapOf)
      .filter((name) => there.has(name))
      .map((name) => `link delete ${name}`);
    if (lines.length > 0) await this.space.run(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  async #read(): Promise<readonly TapJson[]> {
    const text = await this.space.run(['ip', '-json', 'link', 'show']);
    return text.trim() === '' ? [] : (JSON.parse(text) as TapJson[]).filter(({ ifname }) => ifname !== undefined);
  }
}
