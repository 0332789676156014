import type { Layout } from '../layout/layout.js';
import type { NetworkSpace } from './network-space.js';
import { planChanges } from './plan-changes.js';
import { readKernel } from './read-kernel.js';
import type { RunOptions } from './run-program.js';

/** The settings of a namespace by value. Namespaces do not configure addresses or routes from advertisements. */
function settingsOf(forwards: boolean): readonly (readonly [value: string, settings: readonly string[]])[] {
  const quiet = ['net/ipv6/conf/default/accept_ra', 'net/ipv6/conf/default/accept_dad', 'net/ipv6/conf/all/accept_ra'];
  const passing = ['net/ipv4/ip_forward', 'net/ipv6/conf/all/forwarding', 'net/ipv6/conf/default/forwarding'];
  const filters = ['net/ipv4/conf/all/rp_filter', 'net/ipv4/conf/default/rp_filter'];
  return forwards
    ? [
        ['1', passing],
        ['0', [...quiet, ...filters]],
      ]
    : [['0', [...passing, ...quiet, ...filters]]];
}

type Run = (command: readonly string[], options: RunOptions) => Promise<string>;

export interface AppliedChanges {
  /** 0: everything was as desired. */
  readonly count: number;
  /** Namespaces that did not exist: anything that this process had in them is gone. */
  readonly newNamespaces: readonly string[];
  /** The failed parts, with the messages of the programs. */
  readonly faults: readonly string[];
}

/** Brings the kernel to the desired state: reads the actual state, and changes the differences. */
export class LayoutApplier {
  /** Rules in force, by namespace; '' is the space itself. */
  readonly #rules = new Map<string, string>();

  constructor(private readonly space: NetworkSpace) {}

  /**
   * Applies all rules before the devices, so that no guest is on its network before it is filtered. A failure in one
   * network or router is reported as a fault and does not affect the others; only a failure of the space's own rules
   * throws.
   */
  async apply(layout: Layout): Promise<AppliedChanges> {
    const { space } = this;
    let count = await this.#setRules('', layout.rules);
    const faults: string[] = [];
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error));
      }
    };
    const outside: Run = (command, options) => space.runOutside(command, options);
    const inSpace: Run = (command, options) => space.run(command, options);
    const within =
      (namespace: string): Run =>
      (command, options) =>
        space.run(command, { ...options, namespace });
    const kernel = await readKernel(space, {
      withOutside: layout.wires.length > 0,
      withPeers: layout.tunnels.length > 0,
    });
    const plan = planChanges(layout, kernel, space.pid);
    const forwards = new Map(layout.namespaces.map((namespace) => [namespace.name, namespace.forwards]));
    for (const name of plan.newNamespaces) {
      this.#rules.delete(name);
      await attempt(async () => {
        await space.run(['ip', 'netns', 'add', name]);
        for (const [value, settings] of settingsOf(forwards.get(name) ?? false)) await space.set(value, settings, name);
      });
    }
    for (const { name, rules } of layout.namespaces) {
      await attempt(async () => (count += await this.#setRules(name, rules)));
    }
    await attempt(() => this.#batch(outside, 'ip', plan.outside));
    await attempt(() => this.#batch(inSpace, 'ip', plan.space));
    await attempt(() => this.#batch(inSpace, 'bridge', plan.peers));
    for (const { name, lines } of plan.namespaces) await attempt(() => this.#batch(within(name), 'ip', lines));
    await attempt(() => this.#batch(inSpace, 'tc', plan.shaping));
    for (const name of plan.oldNamespaces) {
      this.#rules.delete(name);
      await attempt(() => space.run(['ip', 'netns', 'delete', name]));
    }
    count +=
      plan.newNamespaces.length +
      plan.oldNamespaces.length +
      plan.space.length +
      plan.outside.length +
      plan.peers.length;
    count += plan.namespaces.reduce((sum, { lines }) => sum + lines.length, 0);
    return { count, newNamespaces: plan.newNamespaces, faults };
  }

  /** Called when everything that was created no longer exists. */
  forget(): void {
    this.#rules.clear();
  }

  /** Continues after a line that fails. */
  async #batch(run: Run, program: 'ip' | 'tc' | 'bridge', lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    await run([program, '-force', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  async #setRules(namespace: string, rules: string): Promise<number> {
    if (this.#rules.get(namespace) === rules) return 0;
    await this.space.run(['nft', '-f', '-'], { input: rules, ...(namespace !== '' && { namespace }) });
    this.#rules.set(namespace, rules);
    return 1;
  }
}
