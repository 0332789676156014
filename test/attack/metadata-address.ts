import type { Attack, AttackReport } from './attack.js';
import { addressOf, metadataFrom, metadataScene, SECRET } from './metadata-scene.js';
import type { MetadataScene } from './metadata-scene.js';
import type { Target, Tenant } from './target.js';

type Row = Record<string, unknown>;

/** Borrows the address of a server of another project: asks for it, uses it elsewhere, has it right after. */
export const metadataAddress: Attack = {
  name: 'metadata-address',
  async run(target): Promise<AttackReport> {
    const scene = await metadataScene(target, '127.78.1');
    const own = await metadataFrom(target, scene.address, '/openstack/latest/user_data');
    const findings =
      own.text === SECRET ? [] : [`the server does not read its own metadata: ${own.status} ${own.text}`];
    for (const play of [askForAddress, useAddressElsewhere, followAtAddress]) {
      findings.push(...(await play(target, scene)));
    }
    return { tried: 1 + FIXED_IPS.length * 2 + 2, findings };
  },
};

const FIXED_IPS = ['taken', 'free', 'outside'] as const;

/** Only who owns the network may choose addresses on it, and whose an address is nobody is told. */
async function askForAddress(_target: Target, scene: MetadataScene): Promise<string[]> {
  const findings: string[] = [];
  const { attacker, network, server, address } = scene;
  for (const which of FIXED_IPS) {
    const fixed = { taken: address, free: '127.78.1.251', outside: '127.99.1.1' }[which];
    const asked = await createServer(scene, attacker, [{ uuid: network, fixed_ip: fixed }]);
    const port = await attacker.client.request('network', 'POST', '/v2.0/ports', {
      body: { port: { network_id: network, fixed_ips: [{ ip_address: fixed }] } },
    });
    for (const [what, answer] of Object.entries({ server: asked, port })) {
      if (answer.status !== 403) findings.push(`${what} at a ${which} fixed_ip: ${answer.status} ${answer.text}`);
      if (answer.text.includes(server)) findings.push(`${what} at a ${which} fixed_ip names the other server`);
    }
  }
  return findings;
}

/** A network of the attacker's own with the same range, and a server on the same address. */
async function useAddressElsewhere(target: Target, scene: MetadataScene): Promise<string[]> {
  const { attacker, attackerCloud, victimCloud, image, network } = scene;
  // One that nobody has read yet: an answer from a cache would hide it.
  const fresh = await victimCloud.createServer('fresh', network, image);
  const address = addressOf(await victimCloud.untilStatus(fresh, 'ACTIVE'));
  const twin = await attackerCloud.createNetwork('twin', '127.78.1.0/24');
  const answer = await createServer(scene, attacker, [{ uuid: twin, fixed_ip: address }]);
  if (answer.status !== 202) return [`a server on an own network: ${answer.status} ${answer.text}`];
  const id = String((answer.json['server'] as Row)['id']);
  await attackerCloud.untilStatus(id, 'ACTIVE');
  const read = await metadataFrom(target, address, '/openstack/latest/meta_data.json');
  const findings: string[] = [];
  if (read.status !== 200) findings.push(`the same address elsewhere disturbs metadata: ${read.status} ${read.text}`);
  else if (!read.text.includes(fresh)) findings.push('the same address elsewhere takes metadata over');
  await attackerCloud.deleteServer(id);
  await victimCloud.deleteServer(fresh);
  await Promise.all([attackerCloud.untilGone(id), victimCloud.untilGone(fresh)]);
  return findings;
}

/** An address goes from one server to the next: nothing of the first is told to the second. */
async function followAtAddress(target: Target, { adminCloud, network, image }: MetadataScene): Promise<string[]> {
  const findings: string[] = [];
  const address = '127.78.1.252';
  const read = () => metadataFrom(target, address, '/openstack/latest/user_data');
  for (const text of ['of the first', 'of the second']) {
    const before = await read();
    if (before.status !== 404) findings.push(`an address that is free reads ${before.status} ${before.text}`);
    const id = await adminCloud.createServer('follower', network, image, {
      networks: [{ uuid: network, fixed_ip: address }],
      user_data: Buffer.from(text).toString('base64'),
    });
    await adminCloud.untilStatus(id, 'ACTIVE');
    const { text: told } = await read();
    if (told !== text) findings.push(`the server with the metadata "${text}" reads "${told}"`);
    await adminCloud.deleteServer(id);
    await adminCloud.untilGone(id);
  }
  return findings;
}

function createServer({ image }: MetadataScene, { client }: Tenant, networks: readonly Row[]) {
  return client.request('osapi_compute', 'POST', '/v2.1/servers', {
    body: { server: { name: 'x', imageRef: image, flavorRef: '1', networks } },
  });
}
