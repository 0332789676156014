import { isDeepStrictEqual } from 'node:util';
import { rowsOf } from '#testing/cloud';
import type { Attack, AttackReport, Extent } from './attack.js';
import { METADATA_PATHS, metadataFrom, metadataScene } from './metadata-scene.js';
import type { MetadataScene } from './metadata-scene.js';
import type { Target } from './target.js';

type Row = Record<string, unknown>;

const OWNERS = ['compute:nova', 'compute:', 'compute:az1', 'network:dhcp', ''];

/** Borrows a device: ports of the attacker's that say that they are another project's server's. */
export const metadataDevice: Attack = {
  name: 'metadata-device',
  async run(target, extent): Promise<AttackReport> {
    const scene = await metadataScene(target, '127.78.2');
    const trap = await scene.attackerCloud.createNetwork('trap', '127.77.2.0/24');
    const findings: string[] = [];
    let tried = 0;
    for (const [place, owner] of extent.sample(OWNERS, 2).entries()) {
      for (const way of ['made', 'changed'] as const) {
        const address = `127.77.2.${10 + place * 2 + (way === 'made' ? 0 : 1)}`;
        const claim = { device_id: scene.server, device_owner: owner };
        await claimedPort(scene, { network_id: trap, fixed_ips: [{ ip_address: address }] }, claim, way);
        const what = `a port ${way} with the device and the owner "${owner}"`;
        findings.push(...(await read(target, extent, address, what)));
        tried += 1;
      }
    }
    // On the same network, too: there an address does tell who asks.
    const beside = await claimedPort(scene, { network_id: scene.network }, { device_id: scene.server }, 'made');
    await change(scene, beside, { device_owner: 'compute:nova' });
    const [fixed] = beside['fixed_ips'] as Row[];
    findings.push(...(await read(target, extent, String(fixed?.['ip_address']), 'a port on the shared network')));
    findings.push(...(await look(scene)), ...(await endOfServer(scene, beside)));
    return { tried: tried + 4, findings };
  },
};

async function claimedPort({ attacker }: MetadataScene, port: Row, claim: Row, way: 'made' | 'changed'): Promise<Row> {
  const body = { port: way === 'made' ? { ...port, ...claim } : port };
  const made = (await attacker.client.expect(201, 'network', 'POST', '/v2.0/ports', { body }))['port'] as Row;
  if (way === 'changed') await change({ attacker }, made, claim);
  return made;
}

async function change({ attacker }: Pick<MetadataScene, 'attacker'>, port: Row, changes: Row): Promise<void> {
  const path = `/v2.0/ports/${String(port['id'])}`;
  await attacker.client.expect(200, 'network', 'PUT', path, { body: { port: changes } });
}

async function read(target: Target, extent: Extent, address: string, what: string): Promise<string[]> {
  const findings: string[] = [];
  for (const path of extent.sample(METADATA_PATHS, 3)) {
    const answer = await metadataFrom(target, address, path);
    if (answer.status !== 404) findings.push(`${what} reads ${path}: ${answer.status} ${answer.text}`);
  }
  return findings;
}

/** The server's owner sees nothing of the claims. */
async function look({ victim, victimCloud, server, address }: MetadataScene): Promise<string[]> {
  const findings: string[] = [];
  const shown = JSON.stringify((await victimCloud.server(server))?.['addresses']);
  if (!shown.includes(address) || /trap|127\.77/.test(shown)) findings.push(`the server shows ${shown}`);
  const ips = JSON.stringify(await victim.client.expect(200, 'osapi_compute', 'GET', `/v2.1/servers/${server}/ips`));
  if (/trap|127\.77/.test(ips)) findings.push(`the server's ips are ${ips}`);
  const found = await victim.client.expect(200, 'osapi_compute', 'GET', '/v2.1/servers?ip=127.77.2.');
  if (rowsOf(found, 'servers').length > 0)
    findings.push('the server is found by the address of a port of another project');
  return findings;
}

/** The end of the server leaves the other project's port as it is. */
async function endOfServer(scene: MetadataScene, port: Row): Promise<string[]> {
  const { attackerCloud, victimCloud, server } = scene;
  const now = async () => (await attackerCloud.ports(`?id=${String(port['id'])}`))[0];
  const before = await now();
  await victimCloud.deleteServer(server);
  await victimCloud.untilGone(server);
  return isDeepStrictEqual(await now(), before) ? [] : ['the end of the server changes a port of another project'];
}
