import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Json } from '../openapi/parts.js';
import type { DeclaredRoute } from '../openapi/routes.js';

/**
 * Checks the common properties of every API's document: it is valid according to the OpenAPI Initiative's schema, has
 * no dangling references, and contains each of these routes once, under a unique name.
 */
export async function checkDocument(document: Json, routes: readonly DeclaredRoute[]): Promise<void> {
  const text = JSON.stringify(document);
  assert.deepEqual(await new Validator().validate(JSON.parse(text)), { valid: true });
  const { components } = JSON.parse(text);
  for (const [, kind = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
    assert.ok(components[kind]?.[name] !== undefined, `${kind}/${name}`);
  }
  const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(ids.length, routes.length);
}
