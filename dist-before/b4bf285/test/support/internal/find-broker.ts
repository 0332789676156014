import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How a RabbitMQ can be run on this machine. */
export type BrokerProgram =
  | { readonly kind: 'native'; readonly server: string; readonly ctl: string }
  | { readonly kind: 'docker'; readonly image: string };

/** Debian's scripts in /usr/sbin change to the user rabbitmq; those below /usr/lib run as they are. */
const folders = ['/usr/lib/rabbitmq/bin', '/usr/local/lib/rabbitmq/bin', '/opt/rabbitmq/sbin'];

function installed(): BrokerProgram | null {
  for (const folder of [...folders, ...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    const server = join(folder, 'rabbitmq-server');
    const ctl = join(folder, 'rabbitmqctl');
    try {
      accessSync(server, constants.X_OK);
      accessSync(ctl, constants.X_OK);
      return { kind: 'native', server, ctl };
    } catch {
      // Not there: the next folder.
    }
  }
  return null;
}

async function succeeds(command: string, ...args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: 'ignore',
      // Debian's package would start a broker of its own, which no test wants.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

let found: Promise<BrokerProgram> | null = null;

/** Installed, else Debian's package when root, else Docker; throws one clear sentence when none can be had. */
export function findBroker(): Promise<BrokerProgram> {
  found ??= find();
  return found;
}

async function find(): Promise<BrokerProgram> {
  const native = installed();
  if (native !== null) return native;
  if (process.getuid?.() === 0 && (await succeeds('apt-get', '--version'))) {
    await succeeds('apt-get', 'update', '-q');
    await succeeds('apt-get', 'install', '-y', '-q', '--no-install-recommends', 'rabbitmq-server');
    const after = installed();
    if (after !== null) return after;
  }
  if (await succeeds('docker', 'info')) return { kind: 'docker', image: 'rabbitmq:4' };
  throw new Error(
    'no RabbitMQ for the tests: set ALBIREO_TEST_AMQP_URL, or install rabbitmq-server (apt-get install rabbitmq-server), or start Docker',
  );
}
