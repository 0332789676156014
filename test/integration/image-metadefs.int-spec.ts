import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startImageCloud } from '../support/image-cloud.js';
import type { ImageCloud } from '../support/image-cloud.js';

type Json = Record<string, unknown>;
const NAMESPACES = '/v2/metadefs/namespaces';

describe('metadata definitions', () => {
  let cloud: ImageCloud;
  before(async () => {
    cloud = await startImageCloud();
  });
  after(() => cloud.stop());

  const admin = (path: string, method = 'GET', body?: unknown, headers: Record<string, string> = {}) =>
    cloud.ask(path, { method, as: 'p0:admin', headers, ...(body === undefined ? {} : { body }) });

  it('are there from the start, for everybody to read', async () => {
    const list = await cloud.ask(`${NAMESPACES}?limit=2&resource_types=OS::Glance::Image`);
    assert.equal(list.status, 200);
    assert.equal((list.json['namespaces'] as Json[]).length, 2);
    assert.match(String(list.json['next']), /marker=/);
    const types = (await cloud.ask('/v2/metadefs/resource_types')).json['resource_types'] as Json[];
    assert.ok(types.some(({ name }) => name === 'OS::Nova::Flavor'));
    const topology = await cloud.ask(`${NAMESPACES}/OS::Compute::VirtCPUTopology?resource_type=OS::Nova::Flavor`);
    assert.ok('hw:cpu_cores' in (topology.json['properties'] as Json));
    assert.equal((await cloud.ask(NAMESPACES, { method: 'POST', body: { namespace: 'mine' } })).status, 403);
  });

  it('are made with all that is in them, changed and deleted by administrators', async () => {
    const body = {
      namespace: 'Test',
      visibility: 'public',
      protected: true,
      resource_type_associations: [{ name: 'OS::Glance::Image', prefix: 't_' }],
      properties: { size: { title: 'Size', type: 'string', enum: ['big'] } },
      objects: [{ name: 'one', properties: { a: { title: 'A', type: 'integer' } } }],
      tags: [{ name: 'red' }],
    };
    const made = await admin(NAMESPACES, 'POST', body);
    assert.equal(made.status, 201);
    assert.equal(made.json['self'], `${NAMESPACES}/Test`);
    assert.equal((await admin(NAMESPACES, 'POST', body)).status, 409);
    const shown = await cloud.ask(`${NAMESPACES}/Test`);
    assert.deepEqual(shown.json['properties'], body.properties);
    assert.deepEqual(shown.json['tags'], body.tags);
    assert.equal((await admin(`${NAMESPACES}/Test`, 'DELETE')).status, 403);
    const change = { namespace: 'Test2', visibility: 'private', protected: false };
    assert.equal((await admin(`${NAMESPACES}/Test`, 'PUT', change)).json['namespace'], 'Test2');
    assert.equal((await cloud.ask(`${NAMESPACES}/Test2`)).status, 404);
    assert.equal((await admin(`${NAMESPACES}/Test2`)).status, 200);
    assert.equal((await admin(`${NAMESPACES}/Test2`, 'DELETE')).status, 204);
    assert.equal((await admin(`${NAMESPACES}/Test2`)).status, 404);
    assert.equal((await admin(NAMESPACES, 'POST', { namespace: 'x', colour: 'red' })).status, 400);
    assert.equal((await admin(NAMESPACES, 'POST', { namespace: 'x', self: 'y' })).status, 403);
    assert.equal((await admin(NAMESPACES, 'POST', { namespace: 'x'.repeat(81) })).status, 400);
  });

  it('have objects, properties, tags and associations one by one', async () => {
    await admin(NAMESPACES, 'POST', { namespace: 'N', visibility: 'public' });
    const path = `${NAMESPACES}/N`;
    const object = await admin(`${path}/objects`, 'POST', { name: 'o', required: ['a'] });
    assert.deepEqual([object.status, object.json['self']], [201, `${path}/objects/o`]);
    assert.equal((await admin(`${path}/objects`, 'POST', { name: 'o' })).status, 409);
    assert.equal((await admin(`${path}/objects/o`, 'PUT', { name: 'p' })).json['name'], 'p');
    assert.equal((await cloud.ask(`${path}/objects/o`)).status, 404);
    assert.equal((await cloud.ask(`${path}/objects/p`, { method: 'DELETE' })).status, 403);
    assert.equal((await admin(`${path}/objects/p`, 'DELETE')).status, 204);

    assert.equal((await admin(`${path}/properties`, 'POST', { name: 'a' })).status, 400);
    const property = { name: 'a', title: 'A', type: 'integer', minimum: 1 };
    assert.deepEqual((await admin(`${path}/properties`, 'POST', property)).json, property);
    assert.deepEqual((await cloud.ask(`${path}/properties`)).json, {
      properties: { a: { title: 'A', type: 'integer', minimum: 1 } },
    });
    assert.equal((await admin(`${path}/properties`, 'DELETE')).status, 204);
    assert.deepEqual((await cloud.ask(`${path}/properties`)).json, { properties: {} });

    const tags = { tags: [{ name: 'x' }, { name: 'y' }] };
    assert.deepEqual((await admin(`${path}/tags`, 'POST', tags)).json, tags);
    await admin(`${path}/tags`, 'POST', { tags: [{ name: 'z' }] }, { 'x-openstack-append': 'true' });
    assert.equal((await admin(`${path}/tags/w`, 'POST')).status, 201);
    assert.equal((await admin(`${path}/tags/w`, 'PUT', { name: 'v' })).json['name'], 'v');
    const names = ((await cloud.ask(`${path}/tags`)).json['tags'] as Json[]).map(({ name }) => String(name));
    assert.deepEqual(names.toSorted(), ['v', 'x', 'y', 'z']);
    assert.equal((await admin(`${path}/tags`, 'DELETE')).status, 204);

    const type = await admin(`${path}/resource_types`, 'POST', { name: 'My::Type', prefix: 'm_' });
    assert.deepEqual([type.status, type.json['prefix']], [201, 'm_']);
    assert.equal((await admin(`${path}/resource_types/My::Type`, 'DELETE')).status, 204);
    assert.equal((await admin(`${path}/resource_types/My::Type`, 'DELETE')).status, 404);
  });

  it('have schemas', async () => {
    for (const name of ['namespace', 'namespaces', 'object', 'property', 'properties', 'tag', 'tags']) {
      assert.equal((await cloud.ask(`/v2/schemas/metadefs/${name}`)).json['name'], name);
    }
    const { json } = await cloud.ask('/v2/schemas/metadefs/resource_types');
    assert.equal(json['name'], 'resource_type_associations');
    assert.equal((await cloud.ask('/v2/schemas/metadefs/nothing')).status, 404);
  });
});
