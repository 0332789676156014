import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { networkResources } from '#libs/contracts';
import { openApiOf } from './openapi.js';

describe('the OpenAPI document of the Network API', () => {
  const document = openApiOf(networkResources);

  it('is one, as the OpenAPI Initiative has it', async () => {
    const result = await new Validator().validate(structuredClone(document));
    assert.deepEqual(result, { valid: true });
  });

  it('says of an attribute what its declaration says', () => {
    const { schemas } = JSON.parse(JSON.stringify(document['components']));
    assert.deepEqual(schemas.NetworkCreate.properties.mtu, {
      type: 'integer',
      minimum: 0,
      maximum: 65_535,
      default: 0,
    });
    assert.equal(schemas.NetworkUpdate.properties['provider:network_type'], undefined);
    assert.equal(schemas.Network.properties.status.readOnly, true);
    assert.equal(schemas.Network.properties.tenant_id.deprecated, true);
    assert.deepEqual(schemas.SubnetCreate.required, ['network_id', 'ip_version']);
  });
});
