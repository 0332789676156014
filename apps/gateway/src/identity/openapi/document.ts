import type { JsonSchema } from '#libs/contracts';
import { classSchema } from '../../edge/openapi/class-schema.js';
import { documentOf, plainOperation } from '../../edge/openapi/document.js';
import type { RouteAnswer } from '../../edge/openapi/document.js';
import type { Json } from '../../edge/openapi/parts.js';
import { routesOf } from '../../edge/openapi/routes.js';
import type { DeclaredRoute } from '../../edge/openapi/routes.js';
import { shape, text, whole } from '../../edge/openapi/schema-parts.js';
import { readValidBody } from '../../edge/validation/valid-body.decorator.js';
import { filterParameters, readFilters } from '../collection/collection.js';
import type { DeclaredFilters } from '../collection/collection.js';
import { identityControllers } from '../identity.controllers.js';
import { readDeclaredBody } from '../resource/resource-body.js';
import type { DeclaredBody } from '../resource/resource-body.js';
import { FEDERATED_LOGINS } from '../auth/absent-ways.controller.js';
import { answers } from './answers.js';
import { declaredBodySchema, schemas } from './declared.js';

export const PREFIX = '/v3';

const ERRORS = {
  400: 'The request cannot be understood, or its values cannot be',
  401: 'There is no good token, or what should give one is not good',
  403: 'The policy forbids it, or another rule does',
  404: 'It is not there, or not for the caller to see',
  409: 'Something else has its name, or is in the way',
  410: 'It was removed from the API',
  501: 'There is nothing here that does it',
} as const;

const fault: JsonSchema = shape({ error: shape({ code: whole, message: text, title: text }) });
const absent: ReadonlySet<string> = new Set(FEDERATED_LOGINS.map((path) => `${PREFIX}/${path}`));

/** The routes below the version; a route for all methods is listed as GET and POST, which clients use. */
export function documentedRoutes(): readonly DeclaredRoute[] {
  return routesOf(identityControllers)
    .filter(({ path }) => path.startsWith(PREFIX))
    .flatMap((route) => (route.method === 'ALL' ? ['GET', 'POST'].map((method) => ({ ...route, method })) : [route]));
}

/** The response of a route: empty with a 204. Error: TypeError for a route without a declared response. */
function answerOf({ path, status }: DeclaredRoute, name: string): RouteAnswer {
  const answer = absent.has(path) ? { never: 501 } : (answers[name] ?? (status === 204 ? {} : undefined));
  if (answer === undefined) throw new TypeError(`${name} does not say what it answers`);
  return answer;
}

/** The parts of the request that a handler's parameters declare. */
function declaredParts({ parameters }: DeclaredRoute): Pick<RouteAnswer, 'takes' | 'query'> {
  const parts: { takes?: JsonSchema; query?: readonly string[] } = {};
  for (const { factory, data } of parameters) {
    // Each reader has its own kind of data.
    if (factory === readFilters) parts.query = filterParameters(data as DeclaredFilters);
    else if (factory === readDeclaredBody) parts.takes = declaredBodySchema(data as DeclaredBody);
    else if (factory === readValidBody) parts.takes = classSchema(data as new () => object);
  }
  return parts;
}

/** The OpenAPI 3.1 document of the Identity API. */
export function identityOpenApi(): Json {
  return documentOf({
    info: {
      title: 'Identity API',
      version: 'v3.14',
      description: 'OpenStack Identity. HEAD answers wherever GET does, without the body.',
    },
    prefix: PREFIX,
    routes: documentedRoutes(),
    errors: ERRORS,
    fault: { name: 'KeystoneError', schema: fault },
    schemas,
    operationOf: (route, name, path) => plainOperation(route, path, answerOf(route, name), declaredParts(route)),
  });
}
