import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerName } from '../../edge/openapi/document.js';
import { checkDocument } from '../../edge/testing/openapi-document.js';
import { answers } from './answers.js';
import { PREFIX, documentedRoutes, identityOpenApi } from './document.js';

describe('the OpenAPI document of the Identity API', () => {
  const document = JSON.parse(JSON.stringify(identityOpenApi()));
  const { paths, components } = document;

  it('is one, names nothing that it does not have, and has each route once', () =>
    checkDocument(identityOpenApi(), documentedRoutes()));

  it('has no answer without a route', () => {
    const names = new Set(documentedRoutes().map((route) => answerName(PREFIX, route)));
    assert.deepEqual(
      Object.keys(answers).filter((name) => !names.has(name)),
      [],
    );
  });

  it('has the routes that a controller has of its base class', () => {
    for (const plural of ['domains', 'projects', 'users', 'roles']) {
      assert.deepEqual(Object.keys(paths[`/${plural}`]).toSorted(), ['get', 'post']);
      assert.deepEqual(Object.keys(paths[`/${plural}/{id}`]).toSorted(), ['delete', 'get', 'patch']);
    }
  });

  it('says of a body what the declaration says, and that a user may have further attributes', () => {
    const { schema } = paths['/users'].post.requestBody.content['application/json'];
    const { user } = schema.properties;
    assert.deepEqual(user.required, ['name']);
    assert.equal(user.additionalProperties, true);
    assert.ok('password' in user.properties && !('password_expires_at' in user.properties));
    assert.ok(!('password' in components.schemas.User.properties));
    const limits = paths['/limits'].post.requestBody.content['application/json'].schema.properties.limits;
    assert.deepEqual(limits.items.required, ['service_id', 'resource_name', 'resource_limit']);
    assert.equal(limits.items.additionalProperties, false);
  });

  it('has the routes that a delegation has, and no others; what a trust does not know it may be told', () => {
    const methods = (path: string): string[] => Object.keys(paths[path]).toSorted();
    assert.deepEqual(methods('/users/{user}/access_rules/{id}'), ['delete', 'get']);
    assert.deepEqual(methods('/users/{user}/access_rules'), ['get']);
    assert.deepEqual(methods('/users/{user}/application_credentials/{id}'), ['delete', 'get']);
    assert.deepEqual(methods('/users/{user}/credentials/OS-EC2'), ['get', 'post']);
    assert.deepEqual(methods('/projects/{project}/users/{user}/roles/{role}'), ['delete', 'get', 'head', 'put']);
    const body = (path: string) => paths[path].post.requestBody.content['application/json'].schema.properties;
    const { application_credential: credential } = body('/users/{user}/application_credentials');
    assert.deepEqual([credential.required, credential.additionalProperties], [['name'], false]);
    const { trust } = body('/OS-TRUST/trusts');
    assert.deepEqual(trust.required, ['trustor_user_id', 'trustee_user_id', 'impersonation']);
    assert.equal(trust.additionalProperties, true);
    assert.ok('allow_redelegation' in trust.properties && !('extra' in trust.properties));
    const { Trust, ApplicationCredential } = components.schemas;
    assert.ok(!Trust.required.includes('roles') && ApplicationCredential.required.includes('roles'));
    assert.ok(!ApplicationCredential.required.includes('secret'));
  });

  it('needs neither the id nor the name of a user where the other one may be given', () => {
    const { schema } = paths['/auth/tokens'].post.requestBody.content['application/json'];
    const { identity } = schema.properties.auth.properties;
    const { user } = identity.properties.password.anyOf[0].properties;
    assert.deepEqual(identity.required, ['methods']);
    assert.deepEqual(user.required, ['password']);
  });

  it('has the filters of a list, those by a part of a text among them', () => {
    const names = (path: string): string[] => paths[path].get.parameters.map((one: { name: string }) => one.name);
    assert.ok(names('/users').includes('name__icontains'));
    assert.ok(names('/users/{id}/projects').includes('enabled'));
    assert.ok(!names('/users').includes('enabled__contains'));
  });
});
