import { request } from 'node:http';
import { Cloud } from '#testing/cloud';
import type { Target, Tenant } from './target.js';

type Row = Record<string, unknown>;

export const SECRET = 'only for the victim';
/** All that the Metadata API tells of a server. */
export const METADATA_PATHS = [
  '/openstack/latest/user_data',
  '/openstack/latest/meta_data.json',
  '/openstack/latest/network_data.json',
  '/latest/user-data',
  '/latest/meta-data/',
  '/latest/meta-data/instance-id',
];

/** A server of one project on a network that the administrator shares, and a member of another project. */
export interface MetadataScene {
  readonly victim: Tenant;
  readonly victimCloud: Cloud;
  readonly attacker: Tenant;
  readonly attackerCloud: Cloud;
  readonly adminCloud: Cloud;
  readonly image: string;
  /** The shared network `<prefix>.0/24`. */
  readonly network: string;
  readonly server: string;
  /** The server's address. */
  readonly address: string;
}

/** @param prefix three bytes of a loopback range that no other attack uses; names the scene's projects too */
export async function metadataScene(target: Target, prefix: string): Promise<MetadataScene> {
  const { admin } = target;
  const adminCloud = new Cloud(admin);
  const image = await adminCloud.imageId();
  const name = prefix.replaceAll('.', '-');
  const [victim, attacker] = [await target.tenant(`victim-${name}`), await target.tenant(`attacker-${name}`)];
  const [victimCloud, attackerCloud] = [new Cloud(victim.client), new Cloud(attacker.client)];
  const network = await adminCloud.createNetwork(`shared-${name}`, `${prefix}.0/24`);
  await admin.expect(200, 'network', 'PUT', `/v2.0/networks/${network}`, { body: { network: { shared: true } } });
  const server = await victimCloud.createServer('victim', network, image, {
    user_data: Buffer.from(SECRET).toString('base64'),
  });
  const address = addressOf(await victimCloud.untilStatus(server, 'ACTIVE'));
  return { victim, victimCloud, attacker, attackerCloud, adminCloud, image, network, server, address };
}

/** The first address of a server as the Compute API shows it. */
export function addressOf(server: Row): string {
  const [first] = Object.values(server['addresses'] as Record<string, Row[]>);
  return String(first?.[0]?.['addr']);
}

/** What the Metadata API tells whoever connects from a loopback address. */
export function metadataFrom(
  target: Target,
  localAddress: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const { metadata: port } = target.stack.ports;
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, localAddress, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
