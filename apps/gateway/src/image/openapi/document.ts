import type { JsonSchema } from '#libs/contracts';
import { documentOf, plainOperation } from '../../edge/openapi/document.js';
import type { Json } from '../../edge/openapi/parts.js';
import { routesOf } from '../../edge/openapi/routes.js';
import type { DeclaredRoute } from '../../edge/openapi/routes.js';
import { shape, text } from '../../edge/openapi/schema-parts.js';
import { imageControllers } from '../image.controllers.js';
import { answers } from './answers.js';
import { imageSchemas } from './schemas.js';

export const PREFIX = '/v2';

const ERRORS = {
  400: 'The request cannot be understood, or its values cannot be',
  401: 'There is no good token',
  403: 'The policy or a quota forbids it, or the attribute is read-only',
  404: 'It is not there, or not for the caller to see',
  405: 'It cannot be done over the API',
  409: 'It is in use, or in a state that does not allow it',
} as const;

/** For clients that accept JSON; others get a page. */
const fault: JsonSchema = shape({ message: text, code: text, title: text });

/** The routes below the version; the lists of versions belong to no document of one version. */
export function documentedRoutes(): readonly DeclaredRoute[] {
  return routesOf(imageControllers).filter(({ path }) => path.startsWith(`${PREFIX}/`));
}

/** The OpenAPI 3.1 document of the Image API. */
export function imageOpenApi(): Json {
  return documentOf({
    info: { title: 'Image API', version: 'v2.9', description: 'OpenStack Image' },
    prefix: PREFIX,
    routes: documentedRoutes(),
    errors: ERRORS,
    fault: { name: 'ImageFault', schema: fault },
    schemas: imageSchemas,
    operationOf: (route, name, path) => {
      const answer = answers[name];
      if (answer === undefined) throw new TypeError(`${name} does not say what it answers`);
      return plainOperation(route, path, answer);
    },
  });
}
