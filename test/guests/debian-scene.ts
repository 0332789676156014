import assert from 'node:assert/strict';
import { until } from '#testing/api-client';
import { rowsOf } from '#testing/cloud';
import type { Cloud } from '#testing/cloud';
import { Program, programFile } from '#testing/program';
import { NetworkSpace, spaceFile } from '../../apps/worker/src/fabric/kernel/network-space.js';
import { outsideNamespace } from '../../apps/worker/src/fabric/layout/names.js';
import { outputOf } from './ssh-key.js';
import type { SshKey } from './ssh-key.js';

/** Emulated, on a machine that has other work. */
const BOOT_MS = 15 * 60_000;
const NAME = 'debian-1';
const USER_DATA = `#cloud-config
write_files:
  - path: /etc/albireo-user-data
    content: written
runcmd:
  - [sh, -c, "echo run > /run/albireo-user-data"]
`;

/** A server of albireo-debian on a network with a router, and the ways to it. */
export class DebianScene {
  #id = '';
  #port = '';
  #address = '';
  #outside = '';

  constructor(
    private readonly cloud: Cloud,
    private readonly key: SshKey,
    private readonly places: { readonly instances: string; readonly state: string },
  ) {}

  async make(image: string): Promise<void> {
    const { api } = this.cloud;
    const network = await this.cloud.createNetwork('inside', '10.9.0.0/24');
    const [subnet] = rowsOf(await api.expect(200, 'network', 'GET', `/v2.0/subnets?network_id=${network}`), 'subnets');
    const external = { name: 'outside', 'router:external': true };
    this.#outside = await this.#made('networks', 'network', external);
    await this.#made('subnets', 'subnet', { network_id: this.#outside, ip_version: 4, cidr: '172.24.4.0/24' });
    const router = await this.#made('routers', 'router', { external_gateway_info: { network_id: this.#outside } });
    const body = { subnet_id: subnet?.['id'] };
    await api.expect(200, 'network', 'PUT', `/v2.0/routers/${router}/add_router_interface`, { body });
    const group = await this.#made('security-groups', 'security_group', { name: 'ssh' });
    const rule = { direction: 'ingress', protocol: 'tcp', port_range_min: 22, port_range_max: 22 };
    await this.#made('security-group-rules', 'security_group_rule', { security_group_id: group, ...rule });
    const flavor = { name: 'debian', ram: 512, vcpus: 1, disk: 4, id: 'debian' };
    await api.expect(200, 'osapi_compute', 'POST', '/v2.1/flavors', { body: { flavor } });
    const keypair = { name: 'key', public_key: this.key.public };
    await api.expect(200, 'osapi_compute', 'POST', '/v2.1/os-keypairs', { body: { keypair } });
    this.#id = await this.cloud.createServer(NAME, network, image, {
      flavorRef: 'debian',
      key_name: 'key',
      user_data: Buffer.from(USER_DATA).toString('base64'),
      security_groups: [{ name: 'ssh' }],
    });
    await this.cloud.untilStatus(this.#id, 'ACTIVE', BOOT_MS);
    const [port] = await this.cloud.ports(`?device_id=${this.#id}`);
    const [fixed] = (port?.['fixed_ips'] ?? []) as { ip_address: string }[];
    this.#port = String(port?.['id']);
    this.#address = fixed?.ip_address ?? '';
  }

  async untilSsh(): Promise<void> {
    await until(() => this.#ssh('true'), 'ssh', BOOT_MS);
  }

  /** The guest's own word for it; one whose parts have failed says so. */
  async untilCloudInit(): Promise<void> {
    const command = 'cloud-init status --wait --long || true';
    const answer = await until(() => this.#ssh(command), 'the end of cloud-init', BOOT_MS);
    assert.match(answer, /status: done/);
  }

  /** What the guest has by DHCP and from the Metadata API; throws where it is not what was asked for. */
  async look(): Promise<readonly (readonly [what: string, answer: string])[]> {
    const answers: [string, string][] = [];
    for (const [what, command, expected] of [
      ['host name', 'hostname', new RegExp(`^${NAME}$`)],
      ['addresses', 'hostname -I', new RegExp(`^${this.#address.replaceAll('.', String.raw`\.`)}$`)],
      ['lease', 'cat /var/lib/dhcp/*.leases | grep -c fixed-address', /^[1-9]/],
      ['source', 'cat /run/cloud-init/cloud-id; cat /run/cloud-init/result.json', /DataSourceOpenStack/],
      ['user data', 'cat /etc/albireo-user-data /run/albireo-user-data', /^writtenrun$|^written\s*run$/],
      ['root disk, GiB', `lsblk -bno SIZE /dev/vda2 | awk '{ print int($1 / 1024 / 1024 / 1024 + 0.5) }'`, /^4$/],
      ['serial number', 'sudo cat /sys/class/dmi/id/product_serial', new RegExp(this.#id)],
    ] as const) {
      const answer = ((await this.#ssh(command)) ?? assert.fail(`no answer: ${command}`)).trim();
      assert.match(answer, expected, what);
      answers.push([what, answer.replaceAll(/\s+/g, ' ')]);
    }
    return answers;
  }

  async byForward(): Promise<void> {
    const env = { OS_DEFAULT__STATE_PATH: this.places.state };
    const forward = new Program('albireo-manage', { args: ['forward', NAME, '22'], env });
    try {
      const [, port = ''] = await forward.waitForOutput(/127\.0\.0\.1:(\d+)/);
      const words = ['ssh', ...this.key.options, '-p', port, 'debian@127.0.0.1', 'hostname'];
      assert.equal((await outputOf(words))?.trim(), NAME);
    } finally {
      await forward.stop();
    }
  }

  async byFloatingIp(): Promise<void> {
    const { api } = this.cloud;
    const body = { floatingip: { floating_network_id: this.#outside, port_id: this.#port } };
    const { floatingip } = await api.expect(201, 'network', 'POST', '/v2.0/floatingips', { body });
    const { floating_ip_address: address } = floatingip as { floating_ip_address: string };
    const space = (await NetworkSpace.find(spaceFile(this.places.instances))) ?? assert.fail('no space');
    const words = ['ssh', ...this.key.options, `debian@${address}`, 'hostname'];
    const answer = await until(
      () => outputOf([...space.enter(outsideNamespace(this.#outside)), ...words]),
      'ssh by the floating IP',
      BOOT_MS,
    );
    assert.equal(answer.trim(), NAME);
  }

  async remove(): Promise<void> {
    await this.cloud.deleteServer(this.#id);
    await this.cloud.untilGone(this.#id, BOOT_MS);
  }

  async #made(path: string, kind: string, body: object): Promise<string> {
    const answer = await this.cloud.api.expect(201, 'network', 'POST', `/v2.0/${path}`, { body: { [kind]: body } });
    return String((answer[kind] as { id: unknown }).id);
  }

  #ssh(command: string): Promise<string | undefined> {
    const args = ['ssh', '-l', 'debian', NAME, '--', ...this.key.options, command];
    const env = { ...process.env, OS_DEFAULT__STATE_PATH: this.places.state };
    return outputOf([process.execPath, programFile('albireo-manage'), ...args], env);
  }
}
