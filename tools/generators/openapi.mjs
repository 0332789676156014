// The OpenAPI documents and coverage pages of the APIs whose resources are declared.
import { networkResources } from '../../dist/libs/contracts/src/index.js';
import { computeOpenApi } from '../../dist/apps/gateway/src/compute/openapi/document.js';
import { identityOpenApi } from '../../dist/apps/gateway/src/identity/openapi/document.js';
import { imageOpenApi } from '../../dist/apps/gateway/src/image/openapi/document.js';
import { networkOpenApi } from '../../dist/apps/gateway/src/network/openapi/document.js';
import { networkReference } from '../../dist/apps/gateway/src/network/openapi/reference.js';

const json = (document) => `${JSON.stringify(document, null, 1)}\n`;

export const files = [
  { path: 'docs/openapi/compute.json', text: () => json(computeOpenApi()) },
  { path: 'docs/openapi/identity.json', text: () => json(identityOpenApi()) },
  { path: 'docs/openapi/image.json', text: () => json(imageOpenApi()) },
  { path: 'docs/openapi/network.json', text: () => json(networkOpenApi()) },
  { path: 'docs/network-reference.md', text: () => networkReference(networkResources) },
];
