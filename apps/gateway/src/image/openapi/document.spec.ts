import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerName } from '../../edge/openapi/document.js';
import { checkDocument } from '../../edge/testing/openapi-document.js';
import { answers } from './answers.js';
import { PREFIX, documentedRoutes, imageOpenApi } from './document.js';

describe('the OpenAPI document of the Image API', () => {
  const { paths, components } = JSON.parse(JSON.stringify(imageOpenApi()));

  it('is one, names nothing that it does not have, and has each route once', () =>
    checkDocument(imageOpenApi(), documentedRoutes()));

  it('has no answer without a route', () => {
    const names = new Set(documentedRoutes().map((route) => answerName(PREFIX, route)));
    assert.deepEqual(
      Object.keys(answers).filter((name) => !names.has(name)),
      [],
    );
  });

  it('has the filters of images as they are declared', () => {
    const names = paths['/images'].get.parameters.map((one: { name: string }) => one.name);
    for (const name of ['os_hidden', 'visibility', 'tag', 'sort', 'limit']) assert.ok(names.includes(name), name);
    assert.ok(!names.includes('tags'));
  });

  it('says that a field is made here, and that an image has properties of its own', () => {
    const { Image, ImageCreate } = components.schemas;
    assert.ok('checksum' in Image.properties && !('checksum' in ImageCreate.properties));
    assert.deepEqual(Image.additionalProperties, { type: 'string' });
    assert.ok(!Image.required.includes('stores'));
  });

  it('says what kinds of bodies are patches and data', () => {
    assert.deepEqual(Object.keys(paths['/images/{id}'].patch.requestBody.content), [
      'application/openstack-images-v2.0-json-patch',
      'application/openstack-images-v2.1-json-patch',
    ]);
    const { 200: whole, 204: none } = paths['/images/{id}/file'].get.responses;
    assert.deepEqual(Object.keys(whole.content), ['application/octet-stream']);
    assert.equal(none.content, undefined);
  });
});
