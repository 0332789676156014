import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openstack, openstackJson, openstackResult } from '#testing/openstack-command';
import type { CommandTarget } from '#testing/openstack-command';

type Row = Readonly<Record<string, unknown>>;

function rows(value: unknown): readonly Row[] {
  assert.ok(Array.isArray(value));
  return value as readonly Row[];
}

function row(value: unknown): Row {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  return value as Row;
}

/** The whole life of a server by the real `openstack` command, as a user types it. */
export async function runCommandFlow(stack: CommandTarget): Promise<void> {
  await checkIdentity(stack);
  await runServerFlow(stack);
}

async function checkIdentity(stack: CommandTarget): Promise<void> {
  const token = row(await openstackJson(stack, 'token', 'issue'));
  assert.match(String(token['id']), /\S{20,}/);
  const catalog = rows(await openstackJson(stack, 'catalog', 'list'));
  const types = catalog.map((entry) => String(entry['Type']));
  assert.deepEqual(new Set(types), new Set(['compute', 'identity', 'image', 'network']));
}

/** The part without the Identity API, for clouds that have none. */
export async function runServerFlow(stack: CommandTarget): Promise<void> {
  const flavors = rows(await openstackJson(stack, 'flavor', 'list'));
  assert.ok(flavors.some((flavor) => flavor['Name'] === 'm1.tiny' && flavor['RAM'] === 512));
  const images = rows(await openstackJson(stack, 'image', 'list'));
  assert.ok(images.some((image) => image['Name'] === 'cirros' && image['Status'] === 'active'));

  const keyFile = join(stack.directory, 'key.pem');
  await openstack(stack, 'keypair', 'create', 'k1', '--private-key', keyFile);
  assert.match(await readFile(keyFile, 'utf8'), /^-----BEGIN OPENSSH PRIVATE KEY-----/);

  const network = row(await openstackJson(stack, 'network', 'create', 'n1'));
  assert.equal(network['status'], 'ACTIVE');
  const subnet = row(
    await openstackJson(stack, 'subnet', 'create', '--network', 'n1', '--subnet-range', '10.9.0.0/24', 's1'),
  );
  assert.equal(subnet['gateway_ip'], '10.9.0.1');

  const create = 'server create --wait --image cirros --flavor m1.tiny --network n1 --key-name k1 vm1';
  const created = row(await openstackJson(stack, ...create.split(' ')));
  assert.equal(created['status'], 'ACTIVE');
  assert.match(JSON.stringify(created['addresses']), /10\.9\.0\.\d+/);

  const listed = rows(await openstackJson(stack, 'server', 'list'));
  assert.equal(listed.length, 1);
  assert.equal(listed[0]?.['Name'], 'vm1');
  assert.equal(listed[0]?.['Flavor'], 'm1.tiny');
  assert.equal(listed[0]?.['Image'], 'cirros');

  const shown = row(await openstackJson(stack, 'server', 'show', 'vm1'));
  assert.equal(shown['OS-EXT-STS:vm_state'], 'active');
  assert.equal(shown['key_name'], 'k1');

  await openstack(stack, 'server', 'stop', 'vm1');
  await untilStatus(stack, 'vm1', 'SHUTOFF');
  await openstack(stack, 'server', 'start', 'vm1');
  await untilStatus(stack, 'vm1', 'ACTIVE');
  await openstack(stack, 'server', 'reboot', '--wait', 'vm1');
  await untilStatus(stack, 'vm1', 'ACTIVE');

  const ports = rows(await openstackJson(stack, 'port', 'list'));
  assert.equal(ports.length, 1);

  const busy = await openstackResult(stack, ['network', 'delete', 'n1']);
  assert.equal(busy.code, 1, 'a network with a port cannot be deleted');

  await openstack(stack, 'server', 'delete', '--wait', 'vm1');
  assert.deepEqual(rows(await openstackJson(stack, 'server', 'list')), []);
  assert.deepEqual(rows(await openstackJson(stack, 'port', 'list')), []);
  await openstack(stack, 'network', 'delete', 'n1');
  assert.deepEqual(rows(await openstackJson(stack, 'network', 'list')), []);
  await openstack(stack, 'keypair', 'delete', 'k1');
}

async function untilStatus(stack: CommandTarget, name: string, status: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const shown = row(await openstackJson(stack, 'server', 'show', name));
    if (shown['status'] === status) return;
    assert.notEqual(shown['status'], 'ERROR', JSON.stringify(shown));
    assert.ok(Date.now() < deadline, `${name} is ${String(shown['status'])}, expected ${status}`);
  }
}
