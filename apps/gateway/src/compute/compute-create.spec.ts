import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { computeSite, server } from './testing/compute-site.js';

const IMAGE = '11111111-2222-4333-8444-555555555555';

describe('a create at the Compute API', () => {
  const site = computeSite();

  it('takes a disk configuration, files, hints, tags and certificates, each in its versions', async () => {
    const base = { name: 'vm', imageRef: IMAGE, flavorRef: '1', networks: 'none' };
    const create = async (version: string, more: object, beside: object = {}) => {
      const { statusCode } = await site.ask('POST', '/v2.1/servers', {
        version,
        body: { server: { ...base, ...more }, ...beside },
      });
      return statusCode;
    };
    const file = { path: '/etc/banner.txt', contents: 'aGVsbG8=' };
    assert.equal(await create('2.56', { 'OS-DCF:diskConfig': 'AUTO', personality: [file] }), 202);
    assert.deepEqual([site.created()?.auto_disk_config, site.created()?.personality?.length], [true, 1]);
    assert.equal(await create('2.57', { personality: [file] }), 400);
    assert.equal(await create('2.56', { personality: [{ path: '/x', contents: 'not base 64!' }] }), 400);
    assert.equal(await create('2.52', { tags: ['a', 'b'] }), 202);
    assert.deepEqual(site.created()?.tags, ['a', 'b']);
    assert.equal(await create('2.51', { tags: ['a'] }), 400);
    for (const tag of ['a,b', 'a/b', '', 'x'.repeat(61)]) assert.equal(await create('2.52', { tags: [tag] }), 400, tag);
    assert.equal(await create('2.63', { trusted_image_certificates: ['c1'] }), 202);
    assert.equal(await create('2.63', { trusted_image_certificates: [] }), 400);
    assert.equal(await create('2.37', {}, { 'os:scheduler_hints': { same_host: IMAGE, mine: 'own' } }), 202);
    assert.deepEqual(site.created()?.scheduler_hints, { same_host: IMAGE, mine: 'own' });
    assert.equal(await create('2.37', {}, { 'os:scheduler_hints': { group: 'no id' } }), 400);
    assert.equal(await create('2.74', { host: 'h1', hypervisor_hostname: 'h1' }), 202);
    assert.deepEqual([site.created()?.host, site.created()?.hypervisor_hostname], ['h1', 'h1']);
  });

  it('pins a server to its zone from 2.104 on', async () => {
    const put = (changes: object, version: string) =>
      site.ask('PUT', `/v2.1/servers/${server.id}`, { version, body: { server: changes } });
    assert.equal((await put({ pinned_availability_zone: null }, '2.104')).statusCode, 200);
    assert.equal((await put({ pinned_availability_zone: null }, '2.103')).statusCode, 400);
  });

  it('creates: 202, Location, and the arguments of the bus', async () => {
    const body = { server: { name: 'vm', flavorRef: 1, imageRef: IMAGE, networks: 'none' } };
    const answer = await site.ask('POST', '/v2.1/servers', { version: '2.37', body });
    assert.equal(answer.statusCode, 202, answer.body);
    assert.equal(answer.headers['location'], `http://cloud:8774/v2.1/servers/${server.id}`);
    assert.deepEqual(Object.keys(answer.json().server), [
      'id',
      'links',
      'OS-DCF:diskConfig',
      'security_groups',
      'adminPass',
    ]);
    assert.equal(site.created()?.flavor_ref, '1');
    assert.equal(site.created()?.network_mode, 'none');
    const several = { server: { ...body.server, min_count: 2, max_count: '3', return_reservation_id: 'true' } };
    const reservation = await site.ask('POST', '/v2.1/servers', { version: '2.37', body: several });
    assert.deepEqual(reservation.json(), { reservation_id: 'r-abc' });
    assert.equal(site.created()?.max_count, 3);
  });

  it('answers the password of a new server: the one asked for, else a generated one', async () => {
    const create = (more: object) =>
      site.ask('POST', '/v2.1/servers', { body: { server: { name: 'vm', imageRef: IMAGE, flavorRef: '1', ...more } } });
    assert.equal((await create({ adminPass: 'mine' })).json().server.adminPass, 'mine');
    const { adminPass } = (await create({})).json().server;
    assert.match(adminPass, /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[2-9A-HJ-NP-Za-km-z]{12}$/);
  });

  it('hands on accessIPv6 in its short form', async () => {
    const server = {
      name: 'vm',
      imageRef: IMAGE,
      flavorRef: '1',
      accessIPv6: '0000:0000:0000:0000:0000:babe:220.12.22.2',
    };
    assert.equal((await site.ask('POST', '/v2.1/servers', { body: { server } })).statusCode, 202);
    assert.equal(site.created()?.access_ip_v6, '::babe:dc0c:1602');
  });

  it('hands disks on in one form, and refuses what is none with nova’s texts', async () => {
    const device = { source_type: 'image', destination_type: 'local', boot_index: 0, uuid: IMAGE };
    const base = { name: 'vm', flavorRef: '1' };
    const post = (more: object) => site.ask('POST', '/v2.1/servers', { body: { server: { ...base, ...more } } });
    const good = await post({ imageRef: IMAGE, block_device_mapping_v2: [device] });
    assert.equal(good.statusCode, 202, good.body);
    assert.deepEqual(site.created()?.block_devices, [{ ...device, delete_on_termination: false }]);
    const legacy = { device_name: '/dev/vda', volume_id: IMAGE, delete_on_termination: 'true' };
    assert.equal((await post({ block_device_mapping: [legacy] })).statusCode, 202);
    assert.deepEqual(site.created()?.block_devices, [
      {
        source_type: 'volume',
        destination_type: 'volume',
        uuid: IMAGE,
        boot_index: 0,
        device_name: '/dev/vda',
        delete_on_termination: true,
      },
    ]);
    for (const [more, text] of [
      [{}, /^Missing imageRef attribute$/],
      [{ block_device_mapping_v2: [device] }, /: Mapping image to local is not supported\.$/],
      [{ block_device_mapping_v2: [{ ...device, uuid: undefined }] }, /: Missing device UUID\.$/],
      [{ block_device_mapping_v2: [{ source_type: 'blank', uuid: IMAGE }] }, /: Invalid device UUID\.$/],
      [{ imageRef: IMAGE, block_device_mapping: [{ device_name: 'vdb' }] }, /: Unrecognized legacy format\.$/],
      [
        { block_device_mapping: [legacy], block_device_mapping_v2: [device] },
        /different block_device_mapping syntaxes/,
      ],
    ] as const) {
      const bad = await post(more);
      assert.equal(bad.statusCode, 400, bad.body);
      assert.match(bad.json().badRequest.message, text);
    }
  });

  it('takes tags of networks from 2.32 to 2.36 and since 2.42, of disks in 2.32 and since 2.42', async () => {
    const tagged = { uuid: IMAGE, tag: 'nic' };
    const disk = { uuid: IMAGE, source_type: 'image', destination_type: 'local', boot_index: 0, tag: 'disk' };
    const bodies = {
      networks: { networks: [tagged] },
      block_device_mapping_v2: { networks: [{ uuid: IMAGE }], block_device_mapping_v2: [disk] },
    };
    const refused: string[] = [];
    for (const [name, more] of Object.entries(bodies)) {
      for (const minor of [31, 32, 33, 36, 37, 41, 42]) {
        const body = { server: { name: 'vm', flavorRef: '1', imageRef: IMAGE, ...more } };
        const answer = await site.ask('POST', '/v2.1/servers', { body, version: `2.${minor}` });
        if (/'tag' was unexpected/.test(answer.body)) refused.push(`${name} ${minor}`);
      }
    }
    assert.deepEqual(refused, [
      ...[31, 37, 41].map((minor) => `networks ${minor}`),
      ...[31, 33, 36, 37, 41].map((minor) => `block_device_mapping_v2 ${minor}`),
    ]);
  });
});
