// Three guests on two networks with a router, in taps and bridges of a user namespace: what a network between guests is for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { ApiClient, until } from '#testing/api-client';
import { Cloud, rowsOf } from '#testing/cloud';
import { killEverything, missingForNetworks, processesOf, serialLine, uploadImage } from '#testing/guest-host';
import { Program } from '#testing/program';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { missingForGuests, tinyGuest } from '#testing/tiny-guest';
import type { TinyGuest } from '#testing/tiny-guest';
import { NetworkSpace, spaceFile } from '../../apps/worker/src/fabric/kernel/network-space.js';
import { outsideNamespace } from '../../apps/worker/src/fabric/layout/names.js';

/** Software emulation beside other tests is slow. */
const BOOT_MS = 120_000;

const ENV = {
  OS_DEFAULT__COMPUTE_DRIVER: 'qemu',
  OS_DEFAULT__SHUTDOWN_TIMEOUT: '1',
  OS_QEMU__ACCELERATOR: 'tcg',
  OS_QEMU__NETWORK: 'rootless',
};

interface Guest {
  readonly id: string;
  readonly port: string;
  readonly address: string;
}

describe('guests on their networks', { skip: missingForGuests() || (await missingForNetworks()) }, () => {
  let tiny: TinyGuest;
  let directory: string;
  let stack: Stack;
  let cloud: Cloud;
  let image: string;
  let group: string;
  let outside: string;
  const networks: { id: string; subnet: string }[] = [];
  const guests = new Map<string, Guest>();
  const guest = (name: string): Guest => guests.get(name) ?? assert.fail(`no guest ${name}`);
  const instances = (): string => join(directory, 'state', 'instances');

  const begin = async (): Promise<void> => {
    stack = await startEmbedded({ directory, env: ENV });
    const api = new ApiClient(stack.ports);
    await api.login();
    cloud = new Cloud(api);
  };
  before(async () => {
    tiny = tinyGuest();
    directory = mkdtempSync('/tmp/albireo-nets-');
    await begin();
  });
  after(async () => {
    // One that was killed by a test is gone already.
    if (stack?.programs.get('server')?.running === true) await stack.stop();
    for (const pid of processesOf(directory)) process.kill(pid, 'SIGKILL');
    await NetworkSpace.closeAt(spaceFile(instances()));
    rmSync(directory, { recursive: true, force: true });
    tiny?.remove();
  });

  const network = (path: string, body: object, status = 201): Promise<Record<string, unknown>> =>
    cloud.api.expect(status, 'network', status === 200 ? 'PUT' : 'POST', `/v2.0/${path}`, { body });
  const made = async (path: string, name: string, body: object): Promise<Record<string, unknown>> =>
    (await network(path, { [name]: body }))[name] as Record<string, unknown>;

  /** Runs a line in a guest's shell; its serial line takes one at a time. */
  const run = async (name: string, line: string): Promise<string> => {
    // The echo of the line has the quotes, its answer has not.
    const pattern = /begin\r?\n([\s\S]*?)end-of-it/;
    const socket = join(instances(), guest(name).id, 'serial.sock');
    const text = await serialLine(socket, `echo be"gin"; ${line}; echo e"nd"-of-it\n`, pattern);
    return pattern.exec(text)?.[1]?.trim() ?? '';
  };
  /** What the web server of one guest tells another one: its name. */
  const ask = async (name: string, address: string, port = 80): Promise<string> =>
    run(
      name,
      `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 ${address} ${port} 2>/dev/null | tail -n 1 | grep . || echo silent`,
    );
  const untilHeard = (name: string, address: string, answer: string): Promise<true> =>
    until(async () => ((await ask(name, address)) === answer ? true : undefined), `${answer} from ${address}`);

  it('take their addresses by DHCP and read the Metadata API', { timeout: 2 * BOOT_MS }, async () => {
    const disk = join(directory, 'disk.qcow2');
    assert.equal(spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '16M']).status, 0);
    const kernel_id = await uploadImage(cloud.api, { name: 'kernel', format: 'aki', file: tiny.kernel });
    const ramdisk_id = await uploadImage(cloud.api, { name: 'ramdisk', format: 'ari', file: tiny.ramdisk });
    const properties = { kernel_id, ramdisk_id, os_command_line: 'console=ttyS0 quiet' };
    image = await uploadImage(cloud.api, { name: 'tiny', format: 'qcow2', file: disk, properties });
    const flavor = { name: 'tiny', ram: 96, vcpus: 1, disk: 1, id: 'tiny' };
    await cloud.api.expect(200, 'osapi_compute', 'POST', '/v2.1/flavors', { body: { flavor } });
    for (const cidr of ['10.9.0.0/24', '10.8.0.0/24']) {
      const id = await cloud.createNetwork(cidr, cidr);
      const [subnet] = rowsOf(
        await cloud.api.expect(200, 'network', 'GET', `/v2.0/subnets?network_id=${id}`),
        'subnets',
      );
      networks.push({ id, subnet: String(subnet?.['id']) });
    }
    const external = await made('networks', 'network', { name: 'outside', 'router:external': true });
    outside = String(external['id']);
    await network('subnets', { subnet: { network_id: outside, ip_version: 4, cidr: '172.24.4.0/24' } });
    const router = await made('routers', 'router', { external_gateway_info: { network_id: outside } });
    for (const { subnet } of networks) {
      await network(`routers/${String(router['id'])}/add_router_interface`, { subnet_id: subnet }, 200);
    }
    group = String((await made('security-groups', 'security_group', { name: 'web' }))['id']);
    await network('security-group-rules', {
      security_group_rule: {
        security_group_id: group,
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 80,
        port_range_max: 80,
      },
    });
    for (const [name, place] of [
      ['alpha', 0],
      ['beta', 0],
      ['gamma', 1],
    ] as const) {
      const groups = name === 'alpha' ? [{ name: 'web' }] : [{ name: 'default' }];
      const id = await cloud.createServer(name, networks[place]?.id ?? '', image, {
        flavorRef: 'tiny',
        security_groups: groups,
      });
      const [port] = await until(async () => {
        const found = await cloud.ports(`?device_id=${id}`);
        return found.length === 1 ? found : undefined;
      }, `a port of ${name}`);
      const [fixed] = (port?.['fixed_ips'] ?? []) as { ip_address: string }[];
      guests.set(name, { id, port: String(port?.['id']), address: fixed?.ip_address ?? '' });
    }
    for (const [name, { id, address, port }] of guests) {
      await cloud.untilStatus(id, 'ACTIVE', BOOT_MS);
      const text = await untilConsole(id);
      assert.ok(text.includes(`address ${address}/24 on eth0`), text);
      assert.match(text, /metadata from 169\.254\.169\.254/);
      assert.match(text, new RegExp(`hostname ${name}`));
      const [found] = await cloud.ports(`?id=${port}`);
      assert.deepEqual([found?.['status'], found?.['binding:vif_type']], ['ACTIVE', 'bridge']);
    }
  });

  const untilConsole = (id: string): Promise<string> =>
    until(
      async () => {
        const body = { 'os-getConsoleOutput': {} };
        const answer = await cloud.api.expect(200, 'osapi_compute', 'POST', `/v2.1/servers/${id}/action`, { body });
        const text = String(answer['output']);
        return text.includes('ready after') ? text : undefined;
      },
      'the end of its start on the console',
      BOOT_MS,
    );

  it('reach the ports that a security group opens, and no others', { timeout: 60_000 }, async () => {
    const { address } = guest('alpha');
    await untilHeard('beta', address, 'alpha');
    assert.equal(await ask('beta', address, 22), 'silent');
    await untilHeard('gamma', address, 'alpha');
    assert.equal(await ask('alpha', guest('gamma').address), 'silent');
  });

  it('are heard with their own address only', { timeout: 60_000 }, async () => {
    const { address } = guest('alpha');
    const own = guest('beta').address;
    const taken = [address, own];
    const other = ['10.9.0.66', '10.9.0.67', '10.9.0.68'].find((free) => !taken.includes(free));
    await run('beta', `ip addr add ${other}/24 dev eth0; ip route add ${address} src ${other} dev eth0`);
    assert.equal(await ask('beta', address), 'silent');
    await run('beta', `ip route del ${address}; ip addr del ${other}/24 dev eth0; ip addr show eth0`);
    await untilHeard('beta', address, 'alpha');
    assert.match(await run('beta', 'ip addr show eth0'), new RegExp(own));
  });

  it('come out with their router’s address, and are led to by a floating IP', { timeout: 60_000 }, async () => {
    // The way back to 10.8.0.0/24 is unknown outside.
    assert.match(await run('gamma', 'ping -c 1 -W 3 172.24.4.1'), /1 packets received/);
    const floating = { floating_network_id: outside, port_id: guest('alpha').port };
    const { id, floating_ip_address: address } = await made('floatingips', 'floatingip', floating);
    const floatingIp = String(address);
    const space = (await NetworkSpace.find(spaceFile(instances()))) ?? assert.fail('no space');
    const read = `fetch('http://${floatingIp}/', { signal: AbortSignal.timeout(2_000) })
      .then((answer) => answer.text()).then((text) => process.stdout.write(text), () => undefined)`;
    const fromOutside = async (): Promise<string> =>
      (await space.run([process.execPath, '-e', read], { namespace: outsideNamespace(outside) })).trim();
    await until(async () => ((await fromOutside()) === 'alpha' ? true : undefined), 'the floating IP');
    await network(`floatingips/${String(id)}`, { floatingip: { port_id: null } }, 200);
    await until(async () => ((await fromOutside()) === '' ? true : undefined), 'the end of the floating IP');
  });

  it(
    'are reached from their host by a forwarded port, as far as their groups let in',
    { timeout: 60_000 },
    async () => {
      const forward = new Program('albireo-manage', {
        args: ['forward', 'alpha', '80'],
        env: { OS_DEFAULT__STATE_PATH: join(directory, 'state') },
      });
      try {
        await forward.waitForOutput(/leads to port 80/);
        const port = Number(/127\.0\.0\.1:(\d+)/.exec(forward.output)?.[1]);
        assert.equal((await (await fetch(`http://127.0.0.1:${port}/`)).text()).trim(), 'alpha');
      } finally {
        await forward.stop();
      }
    },
  );

  it('are seen and typed to through the console proxies', { timeout: 60_000 }, async () => {
    const socketOf = async (protocol: string, type: string): Promise<WebSocket> => {
      const { id } = guest('alpha');
      const answer = await cloud.api.expect(200, 'osapi_compute', 'POST', `/v2.1/servers/${id}/remote-consoles`, {
        body: { remote_console: { protocol, type } },
        headers: { 'openstack-api-version': 'compute 2.99' },
      });
      const url = new URL((answer['remote_console'] as { url: string }).url);
      const target = new URL(url.searchParams.get('path') ?? url.search, `ws://${url.host}/`);
      return new WebSocket(target, 'binary', { origin: `http://${url.host}` });
    };
    const screen = await socketOf('vnc', 'novnc');
    const [first] = (await once(screen, 'message')) as [Buffer];
    assert.equal(first.toString(), 'RFB 003.008\n');
    screen.close();
    const line = await socketOf('serial', 'serial');
    await once(line, 'open');
    let text = '';
    line.on('message', (data: Buffer) => (text += data.toString()));
    line.send('echo $((6 * 7))-answer\n');
    await until(async () => (text.includes('42-answer') ? true : undefined), 'an answer on the serial line');
    line.close();
    await once(line, 'close');
  });

  it('go on without their worker, which finds them and their networks again', { timeout: 120_000 }, async () => {
    const before = processesOf(directory).toSorted((a, b) => a - b);
    assert.equal(before.length, 3);
    killEverything(stack);
    await stack.programs.get('server')?.ended;
    await untilHeard('beta', guest('alpha').address, 'alpha');
    await begin();
    for (const { id } of guests.values()) await cloud.untilStatus(id, 'ACTIVE');
    assert.deepEqual(
      processesOf(directory).toSorted((a, b) => a - b),
      before,
    );
    await untilHeard('gamma', guest('alpha').address, 'alpha');
    const read = String.raw`{ printf 'GET /openstack/latest/meta_data.json HTTP/1.0\r\n\r\n'; sleep 1; }`;
    assert.equal(await run('beta', `${read} | nc -w 5 169.254.169.254 80 | grep -c ${guest('beta').id}`), '1');
  });

  it('leave nothing when they are deleted', { timeout: 120_000 }, async () => {
    for (const { id } of guests.values()) await cloud.deleteServer(id);
    for (const { id } of guests.values()) await cloud.untilGone(id, BOOT_MS);
    assert.deepEqual(processesOf(directory), []);
    const space = (await NetworkSpace.find(spaceFile(instances()))) ?? assert.fail('no space');
    assert.equal((await space.run(['ip', 'netns', 'list'])).trim(), '');
    assert.match((await space.run(['ip', '-brief', 'link'])).trim(), /^lo\b[^\n]*$/);
    assert.deepEqual(await cloud.ports('?device_owner=network:dhcp'), []);
  });
});
