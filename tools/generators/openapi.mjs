// The OpenAPI documents and coverage pages of the APIs whose resources are declared.
import { networkResources } from '../../dist/libs/contracts/src/index.js';
import { openApiOf } from '../../dist/apps/gateway/src/network/openapi/openapi.js';
import { networkReference } from '../../dist/apps/gateway/src/network/openapi/reference.js';

export const files = [
  { path: 'docs/openapi/network.json', text: () => `${JSON.stringify(openApiOf(networkResources), null, 1)}\n` },
  { path: 'docs/network-reference.md', text: () => networkReference(networkResources) },
];
