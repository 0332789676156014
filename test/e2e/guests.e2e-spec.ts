import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApiClient, until } from '#testing/api-client';
import { Cloud, rowsOf } from '#testing/cloud';
import { Program } from '#testing/program';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { killEverything, processesOf, serialLine, uploadImage } from '#testing/guest-host';
import { missingForGuests, tinyGuest } from '#testing/tiny-guest';
import type { TinyGuest } from '#testing/tiny-guest';

/** Software emulation beside other tests is slow. */
const BOOT_MS = 120_000;

const ENV = {
  OS_DEFAULT__COMPUTE_DRIVER: 'qemu',
  OS_DEFAULT__SHUTDOWN_TIMEOUT: '60',
  OS_DEFAULT__ALLOW_RESIZE_TO_SAME_HOST: 'true',
  OS_QEMU__ACCELERATOR: 'tcg',
  OS_QEMU__NETWORK: 'user',
};

describe('servers of QEMU', { skip: missingForGuests() }, () => {
  let guest: TinyGuest;
  let directory: string;
  let stack: Stack;
  let cloud: Cloud;
  let image: string;
  let network: string;
  let id: string;
  const folder = (): string => join(directory, 'state', 'instances', id);

  const begin = async (): Promise<void> => {
    stack = await startEmbedded({ directory, env: ENV });
    const api = new ApiClient(stack.ports);
    await api.login();
    cloud = new Cloud(api);
  };
  before(async () => {
    guest = tinyGuest();
    // Short: the sockets of guests lie below it.
    directory = mkdtempSync('/tmp/albireo-guests-');
    await begin();
  });
  after(async () => {
    await stack.stop();
    for (const pid of processesOf(directory)) process.kill(pid, 'SIGKILL');
    rmSync(directory, { recursive: true, force: true });
    guest.remove();
  });

  const upload = (name: string, format: string, file: string, properties = {}): Promise<string> =>
    uploadImage(cloud.api, { name, format, file, properties });
  const consoleText = async (): Promise<string> => {
    const body = { 'os-getConsoleOutput': {} };
    const answer = await cloud.api.expect(200, 'osapi_compute', 'POST', `/v2.1/servers/${id}/action`, { body });
    return String(answer['output']);
  };
  const untilConsole = (count: number): Promise<string> =>
    until(
      async () => {
        const text = await consoleText();
        return text.split('ready after').length > count ? text : undefined;
      },
      `boot ${count} on the console`,
      BOOT_MS,
    );

  it('boot from an image and tell so on their console', { timeout: 2 * BOOT_MS }, async () => {
    const disk = join(directory, 'disk.qcow2');
    assert.equal(spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '64M']).status, 0);
    const kernel_id = await upload('kernel', 'aki', guest.kernel);
    const ramdisk_id = await upload('ramdisk', 'ari', guest.ramdisk);
    image = await upload('tiny', 'qcow2', disk, { kernel_id, ramdisk_id, os_command_line: 'console=ttyS0 quiet' });
    network = await cloud.createNetwork('guests', '10.9.0.0/24');
    const flavor = { name: 'tiny', ram: 96, vcpus: 1, disk: 1, id: 'tiny' };
    await cloud.api.expect(200, 'osapi_compute', 'POST', '/v2.1/flavors', { body: { flavor } });
    id = await cloud.createServer('first', network, image, { flavorRef: 'tiny' });
    await cloud.untilStatus(id, 'ACTIVE', BOOT_MS);
    const text = await untilConsole(1);
    const [port] = await cloud.ports(`?device_id=${id}`);
    const [fixed] = (port?.['fixed_ips'] ?? []) as { ip_address: string }[];
    const address = fixed?.ip_address ?? 'none';
    assert.match(text, new RegExp(`serial ${id} product OpenStack Nova`));
    assert.match(text, new RegExp(`nic eth0 ${String(port?.['mac_address'])} mtu 1450`));
    assert.ok(text.includes(`address ${address}/24`), text);
    assert.match(text, /disk vda 1024 MiB/);
    assert.match(text, /config drive on \S+\s+albireo-tiny: hostname first/);
  });

  it('are reached from their host by a forwarded port', { timeout: 60_000 }, async () => {
    const forward = new Program('albireo-manage', {
      args: ['forward', 'first', '80'],
      env: { OS_DEFAULT__STATE_PATH: join(directory, 'state') },
    });
    try {
      await forward.waitForOutput(/leads to port 80/);
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(forward.output)?.[1]);
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      assert.equal((await answer.text()).trim(), 'first');
    } finally {
      await forward.stop();
    }
  });

  it('outlive their worker, which finds them again', { timeout: 120_000 }, async () => {
    const [pid] = processesOf(directory);
    killEverything(stack);
    await stack.programs.get('server')?.ended;
    assert.deepEqual(processesOf(directory), [pid]);
    await begin();
    await cloud.untilStatus(id, 'ACTIVE');
    assert.match(await consoleText(), /ready after/);
    assert.deepEqual(processesOf(directory), [pid]);
  });

  it('become images while they run', { timeout: 120_000 }, async () => {
    await cloud.action(id, { createImage: { name: 'of-first' } });
    await cloud.untilStatus(id, 'ACTIVE');
    const found = rowsOf(await cloud.api.expect(200, 'image', 'GET', '/v2/images?name=of-first'), 'images');
    const [{ status, disk_format, virtual_size, size } = {}] = found;
    assert.deepEqual([status, disk_format, virtual_size], ['active', 'qcow2', 1024 ** 3]);
    assert.ok(Number(size) > 0);
    assert.deepEqual(
      readdirSync(folder()).filter((name) => name.includes('part')),
      [],
    );
  });

  it('keep what they did while they were suspended', { timeout: 120_000 }, async () => {
    await cloud.action(id, { suspend: null });
    await cloud.untilStatus(id, 'SUSPENDED');
    assert.deepEqual(processesOf(directory), []);
    await cloud.action(id, { resume: null });
    await cloud.untilStatus(id, 'ACTIVE');
    assert.equal((await consoleText()).split('ready after').length, 2, 'it did not boot again');
    const answer = await serialLine(join(folder(), 'serial.sock'), 'echo $((6 * 7))-answer\n', /42-answer/);
    assert.match(answer, /42-answer/);
  });

  it('stop by their power button, start, and end by themselves', { timeout: 3 * BOOT_MS }, async () => {
    const begun = performance.now();
    await cloud.action(id, { 'os-stop': null });
    await cloud.untilStatus(id, 'SHUTOFF', BOOT_MS);
    assert.ok(performance.now() - begun < 60_000, 'the guest heard the button');
    assert.deepEqual(processesOf(directory), []);
    await cloud.action(id, { 'os-start': null });
    await cloud.untilStatus(id, 'ACTIVE', BOOT_MS);
    await untilConsole(2);
    void serialLine(join(folder(), 'serial.sock'), 'poweroff -f\n', /never/).catch(() => undefined);
    await cloud.untilStatus(id, 'SHUTOFF', BOOT_MS);
    await cloud.action(id, { 'os-start': null });
    await cloud.untilStatus(id, 'ACTIVE', BOOT_MS);
    const [before] = processesOf(directory);
    await cloud.action(id, { reboot: { type: 'HARD' } });
    await cloud.untilStatus(id, 'ACTIVE', BOOT_MS);
    assert.notDeepEqual(processesOf(directory), [before]);
    assert.equal(processesOf(directory).length, 1);
  });

  it('get the interface that is attached while they run', { timeout: 60_000 }, async () => {
    const body = { interfaceAttachment: { net_id: network } };
    const path = `/v2.1/servers/${id}/os-interface`;
    await cloud.api.expect(200, 'osapi_compute', 'POST', path, { body });
    const plugged = (): string[] =>
      (JSON.parse(readFileSync(join(folder(), 'guest.json'), 'utf8')) as { plugged: { portId: string }[] }).plugged.map(
        ({ portId }) => portId,
      );
    await until(async () => (plugged().length === 2 ? true : undefined), 'two NICs');
    assert.equal((await cloud.ports(`?device_id=${id}`)).length, 2);
  });

  it('keep what they wrote through a resize, its confirmation and the next resize', { timeout: BOOT_MS }, async () => {
    await cloud.action(id, { 'os-stop': null });
    await cloud.untilStatus(id, 'SHUTOFF', BOOT_MS);
    const resize = async (disk: number, end: 'confirmResize' | 'revertResize'): Promise<void> => {
      await cloud.action(id, { resize: { flavorRef: `tiny-${disk}` } });
      await cloud.untilStatus(id, 'VERIFY_RESIZE');
      const action = { body: { [end]: null } };
      const status = end === 'confirmResize' ? 204 : 202;
      await cloud.api.expect(status, 'osapi_compute', 'POST', `/v2.1/servers/${id}/action`, action);
      await cloud.untilStatus(id, 'SHUTOFF');
    };
    const onDisk = (path: string, command: string): void => {
      const { status, stdout } = spawnSync('qemu-io', ['-f', 'qcow2', '-c', command, path], { encoding: 'utf8' });
      assert.ok(status === 0 && !stdout.includes('failed'), stdout);
    };
    const root = (): string => {
      const text = readFileSync(join(folder(), 'guest.json'), 'utf8');
      const { disks } = JSON.parse(text) as { disks: { role: string; path: string }[] };
      return disks.find(({ role }) => role === 'root')?.path ?? '';
    };
    for (const disk of [2, 3]) {
      const flavor = { name: `tiny-${disk}`, ram: 96, vcpus: 1, disk, id: `tiny-${disk}` };
      await cloud.api.expect(200, 'osapi_compute', 'POST', '/v2.1/flavors', { body: { flavor } });
    }
    await resize(2, 'confirmResize');
    onDisk(root(), 'write -P 0x5a 1G 4k');
    await resize(3, 'revertResize');
    onDisk(root(), 'read -P 0x5a 1G 4k');
    await resize(3, 'confirmResize');
    assert.equal(root(), join(folder(), 'disk.3'));
    onDisk(root(), 'read -P 0x5a 1G 4k');
  });

  it('of an image that is none end in ERROR with the reason, and leave nothing', { timeout: 60_000 }, async () => {
    const file = join(directory, 'cut.qcow2');
    const qcow2 = join(directory, 'whole.qcow2');
    writeFileSync(join(directory, 'whole.raw'), Buffer.alloc(300_000, 'x'));
    spawnSync('qemu-img', ['convert', '-O', 'qcow2', join(directory, 'whole.raw'), qcow2]);
    writeFileSync(file, readFileSync(qcow2).subarray(0, 300_000));
    const broken = await upload('cut', 'qcow2', file);
    const server = await cloud.createServer('broken', network, broken, { flavorRef: 'tiny' });
    const { fault } = await cloud.untilStatus(server, 'ERROR');
    assert.match(JSON.stringify(fault), /is unacceptable: the image is damaged or not whole/);
    const left = join(directory, 'state', 'instances', server);
    await until(async () => (existsSync(left) ? undefined : true), 'nothing left of it');
    await cloud.deleteServer(server);
  });

  it('leave nothing when they are deleted', { timeout: 60_000 }, async () => {
    await cloud.deleteServer(id);
    await cloud.untilGone(id);
    assert.deepEqual(processesOf(directory), []);
    assert.equal(existsSync(folder()), false);
  });
});
