import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkDocument } from '../../edge/testing/openapi-document.js';
import { RemovedController } from '../removed/removed.controller.js';
import { answerName } from '../../edge/openapi/document.js';
import { PREFIX, answers, computeOpenApi, documentedRoutes } from './document.js';

describe('the OpenAPI document of the Compute API', () => {
  const document = JSON.parse(JSON.stringify(computeOpenApi()));

  it('is one, names nothing that it does not have, and has each route once', () =>
    checkDocument(computeOpenApi(), documentedRoutes()));

  it('has the answer of every route, and no answer without a route', () => {
    const routes = documentedRoutes().filter(({ controller }) => controller !== RemovedController);
    const names = new Set(routes.map((route) => answerName(PREFIX, route)));
    const left = [...names].filter((name) => !(name in answers) && !/^POST .*\{id\}\/action$/.test(name));
    assert.deepEqual(left, []);
    assert.deepEqual(
      Object.keys(answers).filter((name) => !names.has(name)),
      [],
    );
  });

  it('says of a body what its class says, with the microversions of its fields', () => {
    const { schema } = document.paths['/servers'].post.requestBody.content['application/json'];
    const { properties, required } = schema.properties.server;
    assert.deepEqual(required.toSorted(), ['flavorRef', 'name']);
    assert.deepEqual(properties.host['x-openstack'], { 'min-ver': '2.74' });
    assert.deepEqual(properties.personality['x-openstack'], { 'max-ver': '2.56' });
    assert.deepEqual(properties.imageRef, { anyOf: [{ type: 'string', format: 'uuid' }, { const: '' }] });
    assert.deepEqual(properties.min_count, { anyOf: [{ minimum: 1, type: 'integer' }, { type: 'string' }] });
    assert.equal(properties.networks.anyOf[0].items.properties.tag.description, 'Not in 2.37 to 2.41');
  });

  it('has every action of a server as a choice of the body', () => {
    const { schema } = document.paths['/servers/{id}/action'].post.requestBody.content['application/json'];
    const resize = schema.oneOf.find((one: { required: string[] }) => one.required.includes('resize'));
    assert.deepEqual(resize.properties.resize.required, ['flavorRef']);
    const old = schema.oneOf.find((one: { required: string[] }) => one.required.includes('addFixedIp'));
    assert.deepEqual(old['x-openstack'], { 'max-ver': '2.43' });
  });

  it('says in which microversions a route, a parameter and a field of an answer are', () => {
    assert.deepEqual(document.paths['/os-floating-ips'].get['x-openstack'], { 'max-ver': '2.35' });
    const locked = document.paths['/servers'].get.parameters.find((one: { name?: string }) => one.name === 'locked');
    assert.deepEqual(locked['x-openstack'], { 'min-ver': '2.73' });
    assert.deepEqual(document.components.schemas.Server.properties.tags['x-openstack'], { 'min-ver': '2.26' });
    assert.deepEqual(document.components.schemas.Flavor.properties.description['x-openstack'], { 'min-ver': '2.55' });
    const { id } = document.components.schemas.Service.properties;
    assert.deepEqual(
      id.anyOf.map((one: Record<string, unknown>) => one['x-openstack']),
      [{ 'min-ver': '2.53' }, { 'max-ver': '2.52' }],
    );
  });
});
