import { declarationsOf, envelopeOf, fieldsOf, networkResources } from '#libs/contracts';
import type { Declaration, Operation, JsonSchema, ActionOptions } from '#libs/contracts';
import { documentOf, plainOperation } from '../../edge/openapi/document.js';
import type { RouteAnswer } from '../../edge/openapi/document.js';
import { content, inPath, object, operation, reference, inQuery, repeated } from '../../edge/openapi/parts.js';
import type { Json } from '../../edge/openapi/parts.js';
import { routesOf } from '../../edge/openapi/routes.js';
import type { DeclaredRoute } from '../../edge/openapi/routes.js';
import { links, listOf, shape, text } from '../../edge/openapi/schema-parts.js';
import { networkControllers, ownControllers } from '../network.controllers.js';
import { answers } from './answers.js';
import { filterReaders } from '../query/filters.js';
import { inputSchema, propertiesOf } from '../../edge/openapi/field-schemas.js';

export const PREFIX = '/v2.0';

/** Parameters of many operations, by their names below `#/components/parameters`. */
const sharedParameters = {
  id: inPath('id'),
  parent_id: inPath('parent_id'),
  if_match: {
    name: 'If-Match',
    in: 'header',
    description: '`revision_number=N`: only when that is the revision',
    schema: { type: 'string' },
  },
  sort_dir: repeated('sort_dir', { type: 'string', enum: ['asc', 'desc'] }),
  limit: inQuery('limit', { type: 'integer', minimum: 0 }),
  marker: inQuery('marker', { type: 'string' }),
  page_reverse: inQuery('page_reverse', { type: 'boolean' }),
} satisfies Readonly<Record<string, Json>>;

function shared(name: keyof typeof sharedParameters): Json {
  return { $ref: `#/components/parameters/${name}` };
}

const ifMatch = shared('if_match');

/** The ids in the path of one resource; its own is the last. */
function pathParameters({ parent }: Declaration): readonly Json[] {
  return parent === undefined ? [shared('id')] : [shared('parent_id'), shared('id')];
}

/** The query parameters of a list. */
function collectionParameters(declaration: Declaration): readonly Json[] {
  const sortKeys = [...declaration.byName].filter(([, { sort }]) => sort).map(([name]) => name);
  const visible = [...declaration.byName].filter(([, field]) => field.visible).map(([name]) => name);
  return [
    ...[...filterReaders(declaration).keys()].map((name) => repeated(name, { type: 'string' })),
    repeated('fields', { type: 'string', enum: visible }),
    repeated('sort_key', { type: 'string', enum: sortKeys }),
    ...(['sort_dir', 'limit', 'marker', 'page_reverse'] as const).map(shared),
  ];
}

const ERRORS = {
  400: 'The request cannot be understood, or its values cannot be',
  401: 'There is no good token',
  403: 'The policy forbids it',
  404: 'It is not there, or not for the caller to see',
  409: 'It is in use, or something else is in the way',
  412: 'The revision is another one than `If-Match` names',
} as const;

const fault: JsonSchema = shape({ NeutronError: shape({ type: text, message: text, detail: text }) });

/** The routes below the version, of all controllers or of some. */
export function documentedRoutes(controllers = networkControllers): readonly DeclaredRoute[] {
  return routesOf(controllers).filter(({ path }) => path.startsWith(PREFIX));
}

/** The OpenAPI 3.1 document of the Network API: the declared resources, and the other routes. */
export function networkOpenApi(): Json {
  const declarations = declarationsOf(networkResources);
  return documentOf({
    info: { title: 'Network API', version: 'v2.0', description: 'OpenStack Networking' },
    prefix: PREFIX,
    paths: Object.assign({}, ...declarations.map(pathsOf)),
    routes: documentedRoutes(ownControllers),
    errors: ERRORS,
    fault: { name: 'NeutronError', schema: fault },
    parameters: sharedParameters,
    schemas: Object.assign({}, ...declarations.map(schemasOf)),
    operationOf: (route, name, path) => plainOperation(route, path, answerOf(name)),
  });
}

/** The response of a route without a declaration. Error: TypeError if there is none. */
function answerOf(route: string): RouteAnswer {
  const answer = answers[route.replaceAll(/\{\w+\}/g, '{id}')];
  if (answer === undefined) throw new TypeError(`${route} does not say what it answers`);
  return answer;
}

function pathsOf(declaration: Declaration): Json {
  const { singular, plural, qualified, tags, operations } = declaration;
  const when = (name: Operation, made: Json): Json => (operations.has(name) ? made : {});
  const collection = `/${declaration.path.replaceAll(/:(\w+)/g, '{$1}')}`;
  const item = `${collection}/{id}`;
  const shown = reference(schemaName(declaration));
  const one = { [singular]: shown };
  const name = schemaName(declaration);
  const below = pathParameters(declaration);
  const above = below.slice(0, -1);
  const actions: Record<string, Json> = {};
  for (const [action, options] of declaration.actions) {
    const { method = 'PUT', member, body } = options;
    const path = `${item}/${options.path ?? action}${member === undefined ? '' : `/{${member}}`}`;
    const further = member === undefined ? [] : [inPath(member)];
    const status = { GET: 200, PUT: 200, POST: 201, DELETE: 204 }[method];
    const answer = (): JsonSchema | undefined =>
      options.answer === 'resource' ? object(one) : answerOf(`${method} ${path}`).body;
    actions[path] = {
      ...actions[path],
      parameters: [...below, ...further],
      [method.toLowerCase()]: operation(`${qualified}_${action}`, name, {
        ...(body === undefined || member !== undefined ? {} : { requestBody: content(bodyOf(options, declaration)) }),
        answers: { [status]: status === 204 ? undefined : answer() },
        errors: [400, 401, 403, 404, 409],
      }),
    };
  }
  return {
    [collection]: {
      ...(above.length === 0 ? {} : { parameters: above }),
      ...when('list', {
        get: operation(`list_${qualified}`, name, {
          parameters: collectionParameters(declaration),
          answers: { 200: shape({ [plural]: listOf(shown), [`${plural}_links?`]: links }) },
          errors: [400, 401],
        }),
      }),
      ...when('create', {
        post: operation(`create_${qualified}`, name, {
          requestBody: content({
            oneOf: [
              object({ [singular]: reference(`${name}Create`) }),
              object({ [plural]: { type: 'array', minItems: 1, items: reference(`${name}Create`) } }),
            ],
          }),
          answers: { 201: { oneOf: [object(one), object({ [plural]: { type: 'array', items: shown } })] } },
          errors: [400, 401, 403, 404, 409],
        }),
      }),
    },
    [item]: {
      parameters: below,
      ...when('get', {
        get: operation(`show_${qualified}`, name, { answers: { 200: object(one) }, errors: [401, 404] }),
      }),
      ...when('update', {
        put: operation(`update_${qualified}`, name, {
          parameters: [ifMatch],
          requestBody: content(object({ [singular]: reference(`${name}Update`) })),
          answers: { 200: object(one) },
          errors: [400, 401, 403, 404, 409, 412],
        }),
      }),
      ...when('delete', {
        delete: operation(`delete_${qualified}`, name, {
          parameters: [ifMatch],
          answers: { 204: undefined },
          errors: [401, 403, 404, 409, 412],
        }),
      }),
    },
    ...(tags ? tagPaths(item, qualified, name, below) : {}),
    ...actions,
  };
}

const tagList = object({ tags: { type: 'array', uniqueItems: true, items: { type: 'string', maxLength: 255 } } });

function tagPaths(item: string, qualified: string, name: string, parameters: readonly Json[]): Json {
  const errors = [400, 401, 403, 404];
  const write = { requestBody: content(tagList), answers: { 200: tagList }, errors };
  const none = { answers: { 204: undefined }, errors };
  return {
    [`${item}/tags`]: {
      parameters,
      get: operation(`list_${qualified}_tags`, name, { answers: { 200: tagList }, errors: [401, 404] }),
      post: operation(`add_${qualified}_tags`, name, write),
      put: operation(`replace_${qualified}_tags`, name, write),
      delete: operation(`clear_${qualified}_tags`, name, none),
    },
    [`${item}/tags/{tag}`]: {
      parameters: [...parameters, inPath('tag')],
      get: operation(`show_${qualified}_tag`, name, none),
      put: operation(`add_${qualified}_tag`, name, { answers: { 201: undefined }, errors }),
      delete: operation(`remove_${qualified}_tag`, name, none),
    },
  };
}

/** The name of a resource's schema: its class's name. */
function schemaName({ className }: Declaration): string {
  return className;
}

/** The schemas of a resource: its view, and the input of a POST and a PUT. */
function schemasOf(declaration: Declaration): Readonly<Record<string, JsonSchema>> {
  const { fields } = declaration;
  const name = schemaName(declaration);
  const shown = fields.filter(({ visible }) => visible);
  return {
    [name]: {
      type: 'object',
      properties: propertiesOf(shown, ({ type, post }) => ({
        ...(type.shown?.schema ?? type.schema),
        ...(post === undefined ? { readOnly: true } : {}),
      })),
      additionalProperties: false,
    },
    [`${name}Create`]: inputSchema(fields, 'post'),
    [`${name}Update`]: inputSchema(fields, 'put'),
  };
}

/** The body of an action, inside its envelope if it has one. */
function bodyOf(action: ActionOptions, declaration: Declaration): JsonSchema {
  const schema = action.body === undefined ? {} : inputSchema(fieldsOf(action.body), 'put', true);
  const name = envelopeOf(declaration, action);
  return name === undefined ? schema : { type: 'object', required: [name], properties: { [name]: schema } };
}
