import type { RuleDefault } from '#libs/policy';
import { PROJECT_MEMBER, PROJECT_READER, anyOf, baseRule, defineRules } from '#libs/policy';
import type { RuleRow } from '#libs/policy';

const ADMIN = 'rule:context_is_admin';
const MEMBER = anyOf(ADMIN, PROJECT_MEMBER);
/**
 * An image that its owner shares. glance also permits the visibility "shared" itself and leaves it to its database to
 * hide such images; here only membership counts.
 */
const VISIBLE = "project_id:%(member_id)s or 'community':%(visibility)s or 'public':%(visibility)s";

const base: readonly RuleDefault[] = [
  baseRule('default', '', 'Stands in for every rule that is not defined', { name: 'default', checkStr: 'role:admin' }),
  baseRule('context_is_admin', 'role:admin', 'Who counts as administrator'),
  baseRule('metadef_admin', ADMIN, 'Who changes metadata definitions'),
  baseRule('service_api', 'role:service or role:admin', 'Calls of one service to another'),
];

const READER = anyOf(ADMIN, PROJECT_READER);
const MEMBERSHIP = 'project_id:%(member_id)s';
const DOWNLOADER = anyOf(ADMIN, `role:member and (project_id:%(project_id)s or ${VISIBLE})`);
const IMAGE = '/v2/images/{image_id}';
const STORED = '/v2/stores/{store_id}/{image_id}';

const rows: readonly RuleRow[] = [
  ['add_image', anyOf(ADMIN, `${PROJECT_MEMBER} and project_id:%(owner)s`), 'Create an image', 'POST /v2/images'],
  ['delete_image', MEMBER, 'Delete an image', `DELETE ${IMAGE}`],
  [
    'get_image',
    anyOf(ADMIN, `role:reader and (project_id:%(project_id)s or ${VISIBLE})`),
    'Show an image',
    `GET ${IMAGE}`,
  ],
  ['get_images', READER, 'List images', 'GET /v2/images'],
  ['modify_image', MEMBER, 'Change an image, stage and import its data', `PATCH ${IMAGE}, PUT ${IMAGE}/stage`],
  ['publicize_image', ADMIN, 'Make an image public', `PATCH ${IMAGE}`],
  ['communitize_image', MEMBER, 'Make an image a community image', `PATCH ${IMAGE}`],
  ['download_image', DOWNLOADER, 'Download the data of an image', `GET ${IMAGE}/file`],
  ['upload_image', MEMBER, 'Upload the data of an image', `PUT ${IMAGE}/file`],
  ['add_member', MEMBER, 'Share an image with a project', `POST ${IMAGE}/members`],
  ['delete_member', MEMBER, 'End the sharing of an image', `DELETE ${IMAGE}/members/{member_id}`],
  [
    'get_member',
    anyOf(ADMIN, `role:reader and (project_id:%(project_id)s or ${MEMBERSHIP})`),
    'Show a member of an image',
    `GET ${IMAGE}/members/{member_id}`,
  ],
  [
    'get_members',
    anyOf(ADMIN, `role:reader and (project_id:%(project_id)s or ${MEMBERSHIP})`),
    'List the members of an image',
    `GET ${IMAGE}/members`,
  ],
  [
    'modify_member',
    anyOf(ADMIN, `role:member and ${MEMBERSHIP}`),
    'Accept or reject an image',
    `PUT ${IMAGE}/members/{member_id}`,
  ],
  ['deactivate', MEMBER, 'Deactivate an image', `POST ${IMAGE}/actions/deactivate`],
  ['reactivate', MEMBER, 'Reactivate an image', `POST ${IMAGE}/actions/reactivate`],
  ['copy_image', ADMIN, 'Copy an image to other stores', `POST ${IMAGE}/import`],
  ['tasks_api_access', ADMIN, 'Use the API of tasks', 'GET /v2/tasks, GET /v2/tasks/{task_id}, POST /v2/tasks'],
  [
    'stores_info_detail',
    anyOf(ADMIN, 'rule:service_api'),
    'Show the stores with their settings',
    'GET /v2/info/stores/detail',
  ],
  ['get_image_location', READER, 'See where the data of an image lies', `GET ${IMAGE}, DELETE ${STORED}`],
  ['set_image_location', MEMBER, 'Set the locations of an image', `PATCH ${IMAGE}`],
  [
    'delete_image_location',
    ADMIN,
    'Remove the data of an image from a store, or a location',
    `DELETE ${STORED}, PATCH ${IMAGE}`,
  ],
  ['fetch_image_location', 'rule:service_api', 'Show the locations of an image', `GET ${IMAGE}/locations`],
  [
    'add_image_location',
    `rule:service_api or (${PROJECT_MEMBER} and project_id:%(owner)s)`,
    'Add a location to an image',
    `POST ${IMAGE}/locations`,
  ],
  ['cache_list', ADMIN, 'Show what is cached', 'GET /v2/cache'],
  ['list_cached_nodes', ADMIN, 'Show which nodes have an image in their cache', 'GET /v2/cache/nodes/{image_id}'],
  ['cache_image', ADMIN, 'Queue an image for the cache', 'PUT /v2/cache/{image_id}'],
  ['cache_delete', ADMIN, 'Remove images from the cache', 'DELETE /v2/cache, DELETE /v2/cache/{image_id}'],
  ['cache_clean', ADMIN, 'Remove what is broken from the cache', 'POST /v2/cache/clean'],
  ['cache_prune', ADMIN, 'Make the cache smaller', 'POST /v2/cache/prune'],
];

const SEEN = anyOf(ADMIN, "role:reader and (project_id:%(project_id)s or 'public':%(visibility)s)");
const CHANGED = 'rule:metadef_admin';
const NAMESPACE = '/v2/metadefs/namespaces/{namespace_name}';

/** Rules of metadata definitions: every caller sees public and its own ones, administrators change them. */
const metadefRows: readonly RuleRow[] = [
  ['get_metadef_namespace', SEEN, 'Show a namespace', `GET ${NAMESPACE}`],
  ['get_metadef_namespaces', READER, 'List namespaces', 'GET /v2/metadefs/namespaces'],
  ['modify_metadef_namespace', CHANGED, 'Change a namespace', `PUT ${NAMESPACE}`],
  ['add_metadef_namespace', CHANGED, 'Create a namespace', 'POST /v2/metadefs/namespaces'],
  ['delete_metadef_namespace', CHANGED, 'Delete a namespace', `DELETE ${NAMESPACE}`],
  ['get_metadef_object', SEEN, 'Show an object', `GET ${NAMESPACE}/objects/{object_name}`],
  ['get_metadef_objects', SEEN, 'List objects', `GET ${NAMESPACE}/objects`],
  ['modify_metadef_object', CHANGED, 'Change an object', `PUT ${NAMESPACE}/objects/{object_name}`],
  ['add_metadef_object', CHANGED, 'Create an object', `POST ${NAMESPACE}/objects`],
  ['delete_metadef_object', CHANGED, 'Delete an object', `DELETE ${NAMESPACE}/objects/{object_name}`],
  ['list_metadef_resource_types', SEEN, 'List types of resources', 'GET /v2/metadefs/resource_types'],
  ['get_metadef_resource_type', SEEN, 'Show an association', `GET ${NAMESPACE}/resource_types`],
  ['add_metadef_resource_type_association', CHANGED, 'Create an association', `POST ${NAMESPACE}/resource_types`],
  [
    'remove_metadef_resource_type_association',
    CHANGED,
    'Delete an association',
    `DELETE ${NAMESPACE}/resource_types/{name}`,
  ],
  ['get_metadef_property', SEEN, 'Show a property', `GET ${NAMESPACE}/properties/{property_name}`],
  ['get_metadef_properties', SEEN, 'List properties', `GET ${NAMESPACE}/properties`],
  ['modify_metadef_property', CHANGED, 'Change a property', `PUT ${NAMESPACE}/properties/{property_name}`],
  ['add_metadef_property', CHANGED, 'Create a property', `POST ${NAMESPACE}/properties`],
  ['remove_metadef_property', CHANGED, 'Delete a property', `DELETE ${NAMESPACE}/properties/{property_name}`],
  ['get_metadef_tag', SEEN, 'Show a tag', `GET ${NAMESPACE}/tags/{tag_name}`],
  ['get_metadef_tags', SEEN, 'List tags', `GET ${NAMESPACE}/tags`],
  ['modify_metadef_tag', CHANGED, 'Change a tag', `PUT ${NAMESPACE}/tags/{tag_name}`],
  ['add_metadef_tag', CHANGED, 'Create a tag', `POST ${NAMESPACE}/tags/{tag_name}`],
  ['add_metadef_tags', CHANGED, 'Create all tags', `POST ${NAMESPACE}/tags`],
  ['delete_metadef_tag', CHANGED, 'Delete a tag', `DELETE ${NAMESPACE}/tags/{tag_name}`],
  ['delete_metadef_tags', CHANGED, 'Delete all tags', `DELETE ${NAMESPACE}/tags`],
];

/** glance's rules for images (glance.policies). */
export const imageRules: readonly RuleDefault[] = [...base, ...defineRules(['project'], [...rows, ...metadefRows])];
