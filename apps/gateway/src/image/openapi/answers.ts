import { imageFields } from '#libs/contracts';
import type { RouteAnswer, RouteAnswers } from '../../edge/openapi/document.js';
import { object, reference } from '../../edge/openapi/parts.js';
import { anything, byKey, flag, listOf, oneOf, shape, text, whole } from '../../edge/openapi/schema-parts.js';
import { CONTROL } from '../images/images-query.js';
import { PATCH_TYPES } from '../images/image-patch.js';
import { TASK_FILTERS } from '../tasks/tasks.controller.js';
import { extended, imagePage } from './schemas.js';

const BYTES = 'application/octet-stream';
const bytes = { type: 'string', format: 'binary' };
const noBody: RouteAnswer = {};
const one = (kind: string): RouteAnswer => ({ body: reference(kind) });
const all = (name: string, kind: string): RouteAnswer => ({ body: shape({ [name]: listOf(reference(kind)) }) });
/** There is no cache. */
const noCache: RouteAnswer = { never: 404 };

const filters = imageFields.filter(({ filter }) => filter !== false).map(({ name }) => name);
const PAGE = ['limit', 'marker', 'sort_key', 'sort_dir'];

const imageAnswers: RouteAnswers = {
  'GET /images': {
    body: imagePage('images', 'Image'),
    query: [...filters, 'tag', 'member_status', ...CONTROL],
  },
  'POST /images': { ...one('Image'), takes: reference('ImageCreate') },
  'GET /images/{id}': one('Image'),
  'PATCH /images/{id}': { ...one('Image'), takes: reference('ImagePatch'), takesTypes: PATCH_TYPES },
  'DELETE /images/{id}': noBody,
  'POST /images/{id}/actions/deactivate': noBody,
  'POST /images/{id}/actions/reactivate': noBody,
  'PUT /images/{id}/tags/{id}': noBody,
  'DELETE /images/{id}/tags/{id}': noBody,
  'GET /images/{id}/members': { body: shape({ members: listOf(reference('Member')), schema: text }) },
  'POST /images/{id}/members': { ...one('Member'), takes: object({ member: text }) },
  'GET /images/{id}/members/{id}': one('Member'),
  'PUT /images/{id}/members/{id}': { ...one('Member'), takes: object({ status: text }) },
  'DELETE /images/{id}/members/{id}': noBody,
  'PUT /images/{id}/file': { takes: bytes, takesTypes: [BYTES] },
  'PUT /images/{id}/stage': { takes: bytes, takesTypes: [BYTES] },
  'GET /images/{id}/file': { body: bytes, type: BYTES, statuses: [200, 204, 206], headers: ['Range'] },
  'POST /images/{id}/import': {
    takes: {
      ...object({ method: { ...object({ name: text }), properties: { name: text, uri: text } } }),
      properties: {
        method: object({ name: text }),
        stores: listOf(text),
        all_stores: flag,
        all_stores_must_succeed: flag,
      },
    },
    headers: ['X-Image-Meta-Store'],
  },
  'GET /images/{id}/tasks': all('tasks', 'ImageTask'),
  'GET /images/{id}/locations': { body: listOf(reference('Location')) },
  'POST /images/{id}/locations': {
    takes: {
      ...object({ url: text }),
      properties: { url: text, validation_data: shape({ 'os_hash_algo?': text, 'os_hash_value?': text }) },
    },
  },
  'DELETE /stores/{id}/{id}': noBody,
  'GET /cache': noCache,
  'DELETE /cache': noCache,
  'PUT /cache/{id}': noCache,
  'DELETE /cache/{id}': noCache,
  'GET /cache/nodes/{id}': noCache,
  'POST /cache/clean': noCache,
  'POST /cache/prune': noCache,
  'GET /tasks': { body: imagePage('tasks', 'TaskStub'), query: [...PAGE, ...TASK_FILTERS] },
  'POST /tasks': { ...one('Task'), takes: object({ type: text, input: byKey(anything) }) },
  'GET /tasks/{id}': one('Task'),
  'DELETE /tasks/{id}': { never: 405 },
};

const METADEFS = '/metadefs/namespaces/{id}';
const items = (path: string, name: string, kind: string, list: RouteAnswer): RouteAnswers => ({
  [`GET ${METADEFS}/${path}`]: list,
  [`POST ${METADEFS}/${path}`]: { ...one(kind), takes: reference(name) },
  [`GET ${METADEFS}/${path}/{id}`]: one(kind),
  [`PUT ${METADEFS}/${path}/{id}`]: { ...one(kind), takes: reference(name) },
  [`DELETE ${METADEFS}/${path}/{id}`]: noBody,
  [`DELETE ${METADEFS}/${path}`]: noBody,
});
const namesOfTags = { body: shape({ tags: listOf(shape({ name: text })) }) };

const metadefAnswers: RouteAnswers = {
  'GET /metadefs/namespaces': {
    body: imagePage('namespaces', 'Namespace'),
    query: [...PAGE, 'visibility', 'resource_types'],
  },
  'POST /metadefs/namespaces': { ...one('Namespace'), takes: reference('NamespaceBody') },
  [`GET ${METADEFS}`]: { ...one('Namespace'), query: ['resource_type'] },
  [`PUT ${METADEFS}`]: { ...one('Namespace'), takes: reference('NamespaceBody') },
  [`DELETE ${METADEFS}`]: noBody,
  'GET /metadefs/resource_types': {
    body: shape({ resource_types: listOf(shape({ name: text, created_at: text, updated_at: text })) }),
  },
  ...items('objects', 'MetadefObjectBody', 'MetadefObject', {
    body: shape({ objects: listOf(reference('MetadefObject')), schema: text }),
  }),
  ...items('properties', 'MetadefProperty', 'MetadefProperty', {
    body: shape({ properties: byKey({ type: 'object' }) }),
  }),
  ...items('tags', 'MetadefTagBody', 'MetadefTag', namesOfTags),
  [`POST ${METADEFS}/tags`]: {
    ...namesOfTags,
    takes: object({ tags: listOf(reference('MetadefTagBody')) }),
    headers: ['X-OpenStack-Append'],
  },
  [`POST ${METADEFS}/tags/{id}`]: one('MetadefTag'),
  [`GET ${METADEFS}/resource_types`]: all('resource_type_associations', 'ResourceTypeAssociation'),
  [`POST ${METADEFS}/resource_types`]: {
    ...one('ResourceTypeAssociation'),
    takes: reference('ResourceTypeAssociationBody'),
  },
  [`DELETE ${METADEFS}/resource_types/{id}`]: noBody,
};

const schema = { body: { type: 'object' } };
const schemas = ['image', 'images', 'member', 'members', 'task', 'tasks', 'metadefs/{id}'];

export const answers: RouteAnswers = {
  ...imageAnswers,
  ...metadefAnswers,
  ...Object.fromEntries(schemas.map((name) => [`GET /schemas/${name}`, schema])),
  'GET /info/import': {
    body: shape({ 'import-methods': shape({ description: text, type: oneOf('array'), value: listOf(text) }) }),
  },
  'GET /info/stores': all('stores', 'Store'),
  'GET /info/stores/detail': {
    body: shape({ stores: listOf(extended('Store', { type: text, weight: whole, properties: byKey(anything) })) }),
  },
  'GET /info/usage': { body: shape({ usage: byKey(shape({ usage: whole, limit: whole })) }) },
};
