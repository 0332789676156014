import { actionOf, SERVER_ACTION_NAMES } from '#libs/contracts';
import type { JsonSchema } from '#libs/contracts';
import { inMicroversions } from '../../edge/openapi/microversions.js';
import { documentOf, errorsOf, operationIdOf, pathParameters } from '../../edge/openapi/document.js';
import type { RouteAnswer, RouteAnswers } from '../../edge/openapi/document.js';
import { content, listParameter, operation } from '../../edge/openapi/parts.js';
import type { Json } from '../../edge/openapi/parts.js';
import { routesOf } from '../../edge/openapi/routes.js';
import type { DeclaredRoute } from '../../edge/openapi/routes.js';
import { shape, text, whole } from '../../edge/openapi/schema-parts.js';
import { computeControllers } from '../compute.controllers.js';
import { RemovedController } from '../removed/removed.controller.js';
import { MAX_MICROVERSION } from '../versions/microversion.js';
import { queryParametersOf } from '../versions/query-schemas.js';
import { accountAnswers } from './accounts.answers.js';
import { bodyOf } from './bodies.js';
import { proxyAnswers } from './proxies.answers.js';
import { resourceAnswers, resourceSchemas } from './resources.answers.js';
import { serverPartAnswers } from './server-parts.answers.js';
import { actionAnswers, serverAnswers, serverSchemas } from './servers.answers.js';

export const PREFIX = '/v2.1';

const ERRORS = {
  400: 'The request cannot be understood, or its values cannot be',
  401: 'There is no good token',
  403: 'The policy or a quota forbids it',
  404: 'It is not there, not for the caller to see, or not in the microversion',
  409: 'It is in use, or in a state that does not allow it',
  410: 'It was removed from the API',
} as const;

/** `{"itemNotFound": {"code": 404, "message": "…"}}`: the key names the status. */
const fault: JsonSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: shape({ code: whole, message: text, 'retryAfter?': text }),
};

export const answers: RouteAnswers = {
  ...serverAnswers,
  ...serverPartAnswers,
  ...resourceAnswers,
  ...accountAnswers,
  ...proxyAnswers,
};

/** The routes below the version; the list of versions at the root belongs to no document of one version. */
export function documentedRoutes(): readonly DeclaredRoute[] {
  return routesOf(computeControllers).filter(({ path }) => path.startsWith(PREFIX));
}

/** The OpenAPI 3.1 document of the Compute API: every route, in all microversions. */
export function computeOpenApi(): Json {
  return documentOf({
    info: {
      title: 'Compute API',
      version: `2.${MAX_MICROVERSION}`,
      description:
        'OpenStack Compute. `x-openstack` names the first and last microversion of a route or a field, which a request ' +
        'asks for with the header `OpenStack-API-Version: compute 2.N`.',
    },
    prefix: PREFIX,
    routes: documentedRoutes(),
    errors: ERRORS,
    fault: { name: 'ComputeFault', schema: fault },
    parameters: { microversion: microversionHeader },
    schemas: { ...serverSchemas, ...resourceSchemas },
    operationOf,
  });
}

const microversionHeader = {
  name: 'OpenStack-API-Version',
  in: 'header',
  schema: { type: 'string', default: 'compute 2.1', pattern: String.raw`^compute (2\.\d+|latest)$` },
};

function operationOf(route: DeclaredRoute, name: string, path: string): Json {
  const { controller, handler, method, config } = route;
  const isGone = controller === RemovedController;
  const [tag = 'versions'] = path.split('/').filter((word) => word !== '');
  const parameters = [
    ...pathParameters(path),
    ...[...queryParametersOf(`${method} ${path.replaceAll(/\{\w+\}/g, ':id')}`)].map(queryParameter),
    { $ref: '#/components/parameters/microversion' },
  ];
  const body = isGone ? undefined : bodyOf(route, name);
  const id = operationIdOf(route, path);
  const made = operation(isGone ? id : `${handler}_${id}`, tag, {
    parameters,
    ...(body === undefined ? {} : { requestBody: content(body) }),
    answers: isGone ? {} : answersOf(route, name),
    errors: isGone ? [410] : errorsOf(method),
  });
  const [since, until] = config.microversions ?? [1, Number.POSITIVE_INFINITY];
  return inMicroversions(isGone ? { ...made, deprecated: true } : made, [{ since, until }]);
}

function queryParameter([name, since]: readonly [string, number]): Json {
  return inMicroversions(listParameter(name), [{ since, until: Number.POSITIVE_INFINITY }]);
}

function answersOf(route: DeclaredRoute, name: string): Readonly<Record<number, JsonSchema | undefined>> {
  if (name.endsWith('/{id}/action') && /servers|volumes_boot/.test(name)) return actionStatuses();
  const answer: RouteAnswer | undefined = answers[name];
  if (answer === undefined) throw new TypeError(`${name} does not say what it answers`);
  if (answer.never === true) return {};
  return Object.fromEntries((answer.statuses ?? [route.status]).map((status) => [status, answer.body]));
}

/** The responses of all actions of a server, by their statuses. */
function actionStatuses(): Readonly<Record<number, JsonSchema | undefined>> {
  const found: Record<number, JsonSchema[]> = {};
  for (const action of SERVER_ACTION_NAMES.map(actionOf)) {
    if (action.operation !== undefined) continue;
    const bodies = (found[action.status ?? 202] ??= []);
    const body = action.answer === undefined ? undefined : actionAnswers[action.answer];
    if (body !== undefined && !bodies.includes(body)) bodies.push(body);
  }
  return Object.fromEntries(
    Object.entries(found).map(([status, bodies]) => [status, bodies.length === 0 ? undefined : { anyOf: bodies }]),
  );
}
