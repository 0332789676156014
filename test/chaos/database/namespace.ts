import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A network namespace of the test's own with one cable to this machine: a server inside of it can fall silent as a
 * machine without power does. Needs root, `ip` and `nft`.
 */
export class Namespace {
  private constructor(
    readonly name: string,
    /** Of the inside. */
    readonly address: string,
    /** Of this machine's end of the cable. */
    readonly outerAddress: string,
  ) {}

  static async create(): Promise<Namespace> {
    if (process.getuid?.() !== 0) throw new Error('a network namespace needs root');
    const id = process.pid % 16_384;
    // One of 16,384 networks of four addresses below 198.18.0.0/15, which RFC 2544 sets aside for tests.
    const base = id * 4;
    const at = (host: number): string => `198.18.${base >> 8}.${(base & 255) + host}`;
    const [name, outer, inner] = [`albireo-${id}`, `alb${id}o`, `alb${id}i`];
    const namespace = new Namespace(name, at(2), at(1));
    await run('ip', ['netns', 'add', name]);
    try {
      await run('ip', ['link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name]);
      await run('ip', ['address', 'add', `${at(1)}/30`, 'dev', outer]);
      await run('ip', ['link', 'set', outer, 'up']);
      await run('ip', ['-n', name, 'address', 'add', `${at(2)}/30`, 'dev', inner]);
      for (const link of ['lo', inner]) await run('ip', ['-n', name, 'link', 'set', link, 'up']);
      // The inside answers nobody else: there is no route.
      await run('nft', ['--version']);
      return namespace;
    } catch (error) {
      await namespace.remove();
      throw error;
    }
  }

  /** The command that runs what follows inside. */
  get inside(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  #nft(rules: string): Promise<unknown> {
    return run('ip', ['netns', 'exec', this.name, 'nft', rules]);
  }

  /** Every packet vanishes, in both directions. */
  async silence(): Promise<void> {
    const chain = (hook: string): string =>
      `add chain inet silence ${hook} { type filter hook ${hook} priority 0; policy drop; };`;
    await this.#nft(`add table inet silence; ${chain('input')} ${chain('output')}`);
  }

  async heal(): Promise<void> {
    await this.#nft('delete table inet silence');
  }

  /** Packets of the connections that are there vanish for ever; new ones are heard again. */
  async healForNew(serverPort: number): Promise<void> {
    const { stdout } = await run('ss', ['-Htn', 'state', 'connected', 'dst', `${this.address}:${serverPort}`]);
    const ports = [...stdout.matchAll(/:(\d+)\s+\S+:\d+\s*$/gm)].map(([, port]) => port);
    await this.heal();
    if (ports.length === 0) return;
    const chain = (hook: string, where: string): string =>
      `add chain inet old ${hook} { type filter hook ${hook} priority 0; }; ` +
      `add rule inet old ${hook} tcp ${where} { ${ports.join(', ')} } drop;`;
    await this.#nft(`add table inet old; ${chain('input', 'sport')} ${chain('output', 'dport')}`);
  }

  async forgetOld(): Promise<void> {
    await this.#nft('delete table inet old').catch(() => undefined);
  }

  async remove(): Promise<void> {
    await run('ip', ['netns', 'delete', this.name]).catch(() => undefined);
  }
}
