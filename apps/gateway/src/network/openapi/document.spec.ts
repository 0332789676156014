import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerName } from '../../edge/openapi/document.js';
import { checkDocument } from '../../edge/testing/openapi-document.js';
import { answers } from './answers.js';
import { PREFIX, documentedRoutes, networkOpenApi } from './document.js';

describe('the OpenAPI document of the Network API', () => {
  const document = networkOpenApi();

  it('is one, names nothing that it does not have, and has each route once', () =>
    checkDocument(document, documentedRoutes()));

  it('has no answer without a route', () => {
    const names = new Set(documentedRoutes().map((route) => answerName(PREFIX, route)));
    assert.deepEqual(
      Object.keys(answers).filter((name) => !names.has(name)),
      [],
    );
  });

  it('has a limit for each resource that has a quota, as number or text', () => {
    const { paths } = JSON.parse(JSON.stringify(document));
    const { schema } = paths['/quotas/{project}'].put.requestBody.content['application/json'];
    const limit = { type: 'integer', minimum: -1, maximum: 2_147_483_647 };
    assert.deepEqual(schema.properties.quota.properties.port, { anyOf: [limit, { type: 'string' }] });
    const details = paths['/quotas/{project}/details'].get.responses[200].content['application/json'].schema;
    assert.deepEqual(details.properties.quota.properties.trunk.required, ['limit', 'used', 'reserved']);
  });

  it('says of an attribute what its declaration says', () => {
    const { schemas } = JSON.parse(JSON.stringify(document['components']));
    assert.deepEqual(schemas.NetworkCreate.properties.mtu, {
      anyOf: [{ type: 'integer', minimum: 0, maximum: 65_535 }, { type: 'string' }],
      default: 0,
    });
    assert.equal(schemas.NetworkUpdate.properties['provider:network_type'], undefined);
    assert.equal(schemas.Network.properties.status.readOnly, true);
    assert.equal(schemas.Network.properties.tenant_id.deprecated, true);
    assert.deepEqual(schemas.SubnetCreate.required, ['network_id', 'ip_version']);
  });
});
