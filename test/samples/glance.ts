import { OpenApiJudge } from '#testing/openapi-judge';
import { imageOpenApi } from '../../apps/gateway/src/image/openapi/document.js';
import { LEFT_OUT, rewritten, valueAt } from './replay.js';
import type { Body, Player, SampleApi } from './replay.js';

const NAMESPACE = '/metadefs/namespaces/{namespace}';

const table = `
.
  image-create-response POST /images < image-create-request > image=id
  image-show-response GET /images/{image} @ upload
  images-list-response GET /images
  image-update-response PATCH /images/{image} < image-update-request
  image-details-deactivate-response GET /images/{image} @ deactivate
  image-member-create-response POST /images/{shared}/members < image-member-create-request @ shared
  image-member-details-response GET /images/{shared}/members/{project2}
  image-member-update-response PUT /images/{shared}/members/{project2} < image-member-update-request @ asMember
  image-members-list-response GET /images/{shared}/members
  image-info-import-response GET /info/import
  stores-list-response GET /info/stores
  stores-list-detail-response GET /info/stores/detail
  usage-response GET /info/usage
  - POST /images/{queued}/import < image-import-g-d-request @ staged
  - POST /images/{queued}/import < image-import-w-d-request @ queued
  image-tasks-show-response GET /images/{queued}/tasks
  task-create-response POST /tasks < task-create-request > task=id
  task-show-processing-response GET /tasks/{task}
  tasks-list-response GET /tasks
  - POST /images/{queued}/locations < add-location-request @ queued
  locations-list-detail-response GET /images/{image}/locations
  cache-list-response GET /cache
  schemas-image-show-response GET /schemas/image
  schemas-images-list-response GET /schemas/images
  schemas-image-member-show-response GET /schemas/member
  schemas-image-members-list-response GET /schemas/members
  schemas-task-show-response GET /schemas/task
  schemas-tasks-list-response GET /schemas/tasks
  schemas-metadef-namespace-show-response GET /schemas/metadefs/namespace
  schemas-metadef-namespaces-list-response GET /schemas/metadefs/namespaces
  schemas-metadef-object-show-response GET /schemas/metadefs/object
  schemas-metadef-objects-list-response GET /schemas/metadefs/objects
  schemas-metadef-property-show-response GET /schemas/metadefs/property
  schemas-metadef-properties-list-response GET /schemas/metadefs/properties
  schemas-metadef-resource-type-association-show-response GET /schemas/metadefs/resource_type
  schemas-metadef-resource-type-associations-list-response GET /schemas/metadefs/resource_types
  schemas-metadef-tag-show-response GET /schemas/metadefs/tag
  schemas-metadef-tags-list-response GET /schemas/metadefs/tags
  metadef-namespace-create-response-simple POST /metadefs/namespaces < metadef-namespace-create-request-simple > namespace=namespace
  metadef-namespace-create-response POST /metadefs/namespaces < metadef-namespace-create-request > namespace=namespace
  metadef-namespace-details-response GET ${NAMESPACE}
  metadef-namespace-details-with-rt-response GET ${NAMESPACE}?resource_type=OS::Glance::Image
  metadef-namespaces-list-response GET /metadefs/namespaces
  metadef-namespace-update-response PUT ${NAMESPACE} < metadef-namespace-update-request
  metadef-object-create-response POST ${NAMESPACE}/objects < metadef-object-create-request > object=name
  metadef-object-details-response GET ${NAMESPACE}/objects/{object}
  metadef-objects-list-response GET ${NAMESPACE}/objects
  metadef-object-update-response PUT ${NAMESPACE}/objects/{object} < metadef-object-update-request
  - DELETE ${NAMESPACE}/properties/hypervisor_type
  metadef-property-create-response POST ${NAMESPACE}/properties < metadef-property-create-request > property=name
  metadef-property-details-response GET ${NAMESPACE}/properties/{property}
  metadef-properties-list-response GET ${NAMESPACE}/properties
  metadef-property-update-response PUT ${NAMESPACE}/properties/{property} < metadef-property-update-request
  metadef-resource-type-assoc-create-response POST ${NAMESPACE}/resource_types < metadef-resource-type-create-request
  metadef-resource-type-assoc-list-response GET ${NAMESPACE}/resource_types
  metadef-resource-types-list-response GET /metadefs/resource_types
  metadef-tags-create-response POST ${NAMESPACE}/tags < metadef-tags-create-request
  metadef-tags-list-response GET ${NAMESPACE}/tags
  metadef-tag-create-response POST ${NAMESPACE}/tags/added-sample-tag
  metadef-tag-details-response GET ${NAMESPACE}/tags/added-sample-tag
  metadef-tag-update-response PUT ${NAMESPACE}/tags/added-sample-tag < metadef-tag-update-request
`;

async function image(player: Player, name: string, more: Body = {}): Promise<void> {
  const body = { name, container_format: 'bare', disk_format: 'raw', ...more };
  player.world.set(name, await player.make('POST', '/images', body, 'id'));
}

async function bytes(player: Player, name: string, path: string): Promise<void> {
  const answer = await player.client.request('image', 'PUT', `/v2/images/${player.name(name)}/${path}`, {
    raw: 'some bytes of an image',
    headers: { 'content-type': 'application/octet-stream' },
  });
  if (answer.status >= 400) throw new Error(`set-up: ${path}: ${answer.status} ${answer.text}`);
}

export const glance: SampleApi = {
  api: 'image',
  prefix: '/v2',
  folder: () => '.',
  table,
  judge: new OpenApiJudge(imageOpenApi()),
  data: new Set(['usage']),
  headers: (method): Readonly<Record<string, string>> =>
    method === 'PATCH' ? { 'content-type': 'application/openstack-images-v2.1-json-patch' } : {},
  setups: {
    upload: (player) => bytes(player, 'image', 'file'),
    async deactivate(player) {
      await player.make('POST', `/images/${player.name('image')}/actions/deactivate`, undefined);
    },
    shared: (player) => image(player, 'shared', { visibility: 'shared' }),
    queued: (player) => image(player, 'queued'),
    async staged(player) {
      await image(player, 'queued');
      await bytes(player, 'queued', 'stage');
    },
    // The administrator may answer in the member's name.
    asMember: () => Promise.resolve(),
  },
  async prepare(player) {
    const project = await player.client.expect(201, 'identity', 'POST', '/v3/projects', {
      body: { project: { name: 'glance' } },
    });
    player.world.set('project2', valueAt(project, 'project.id'));
  },
  adapt(body, player, request) {
    if (Array.isArray(body)) return body;
    return rewritten(body, (key, value, path) => {
      if (path === 'id' && request === 'image-create-request') return LEFT_OUT;
      if (key === 'member') return player.name('project2');
      if (key === 'stores' || key === 'all_stores' || key === 'all_stores_must_succeed') return LEFT_OUT;
      if (key === 'protected') return false;
      if (path === 'namespace' && request === 'metadef-namespace-create-request') return player.unique(String(value));
      if (path === 'namespace' && request === 'metadef-namespace-update-request') return player.name('namespace');
      return undefined;
    }) as Body;
  },
};
