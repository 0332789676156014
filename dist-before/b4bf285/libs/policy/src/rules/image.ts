import type { RuleDefault } from '../rule-default.js';
import { PROJECT_MEMBER, PROJECT_READER, anyOf, baseRule, defineRules } from './base.js';
import type { RuleRow } from './base.js';

const ADMIN = 'rule:context_is_admin';
const MEMBER = anyOf(ADMIN, PROJECT_MEMBER);
/**
 * An image that its owner lets others see. glance also lets the visibility "shared" itself pass and leaves it to its
 * database to hide such images; here only membership counts.
 */
const VISIBLE = "project_id:%(member_id)s or 'community':%(visibility)s or 'public':%(visibility)s";

const base: readonly RuleDefault[] = [
  baseRule('default', '', 'Stands in for every rule that is not defined', { name: 'default', checkStr: 'role:admin' }),
  baseRule('context_is_admin', 'role:admin', 'Who counts as administrator'),
];

const rows: readonly RuleRow[] = [
  [
    'get_image',
    anyOf(ADMIN, `role:reader and (project_id:%(project_id)s or ${VISIBLE})`),
    'Show an image',
    'GET /v2/images/{image_id}',
  ],
  ['get_images', anyOf(ADMIN, PROJECT_READER), 'List images', 'GET /v2/images'],
  ['add_image', anyOf(ADMIN, `${PROJECT_MEMBER} and project_id:%(owner)s`), 'Create an image', 'POST /v2/images'],
  ['modify_image', MEMBER, 'Change an image', 'PATCH /v2/images/{image_id}'],
  ['delete_image', MEMBER, 'Delete an image', 'DELETE /v2/images/{image_id}'],
  ['publicize_image', ADMIN, 'Make an image public', 'PATCH /v2/images/{image_id}'],
  ['communitize_image', MEMBER, 'Make an image a community image', 'PATCH /v2/images/{image_id}'],
  ['upload_image', MEMBER, 'Upload the data of an image', 'PUT /v2/images/{image_id}/file'],
  [
    'download_image',
    anyOf(ADMIN, `role:member and (project_id:%(project_id)s or ${VISIBLE})`),
    'Download the data of an image',
    'GET /v2/images/{image_id}/file',
  ],
];

/** glance's rules for images (glance.policies). */
export const imageRules: readonly RuleDefault[] = [...base, ...defineRules(['project'], rows)];
