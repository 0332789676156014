import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { call, type } from '#libs/messaging';
import { IdArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import type { ProjectData } from './resources/directory.js';
import type { EndpointData, EndpointGroupData, PolicyBlobData } from './resources/index.js';

/** An endpoint or an endpoint group of a project (OS-EP-FILTER). */
export class EndpointFilterArgs {
  @IsIn(['add', 'check', 'remove']) readonly change!: 'add' | 'check' | 'remove';
  @IsString() @MaxLength(255) readonly project_id!: string;
  /** Either this or an endpoint group. */
  @IsOptional() @IsString() @MaxLength(255) readonly endpoint_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly endpoint_group_id?: string;
}

/** One of these; the objects associated with it are listed. */
export class EndpointFilterListArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly endpoint_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly endpoint_group_id?: string;
}

/** A policy of an endpoint, of a service, or of a service in a region (OS-ENDPOINT-POLICY). */
export class PolicyAssociationArgs {
  @IsIn(['create', 'check', 'delete']) readonly change!: 'create' | 'check' | 'delete';
  @IsString() @MaxLength(255) readonly policy_id!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly endpoint_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly service_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly region_id?: string;
}

/**
 * Errors: PolicyNotAuthorized, the NotFound error of each named object, CatalogLinkNotFound, Conflict for an existing
 * link.
 */
export const catalogLinkMethods = {
  endpoint_filter: call({
    access: [
      'identity:add_endpoint_to_project',
      'identity:check_endpoint_in_project',
      'identity:remove_endpoint_from_project',
      'identity:add_endpoint_group_to_project',
      'identity:get_endpoint_group_in_project',
      'identity:remove_endpoint_group_from_project',
    ],
    args: EndpointFilterArgs,
    result: type<null>(),
    since: '1.1',
  }),
  /** The projects of an endpoint or of an endpoint group. */
  endpoint_filter_projects: call({
    access: ['identity:list_projects_for_endpoint', 'identity:list_projects_associated_with_endpoint_group'],
    args: EndpointFilterListArgs,
    result: type<VersionedObject<Page<ProjectData>>>(),
    idempotent: true,
    since: '1.1',
  }),
  /** The endpoints of a project, directly or through a group; or of an endpoint group. */
  endpoint_filter_endpoints: call({
    access: ['identity:list_endpoints_for_project', 'identity:list_endpoints_associated_with_endpoint_group'],
    args: EndpointFilterListArgs,
    result: type<VersionedObject<Page<EndpointData>>>(),
    idempotent: true,
    since: '1.1',
  }),
  /** The endpoint groups of a project. */
  endpoint_filter_groups: call({
    access: ['identity:list_endpoint_groups_for_project'],
    args: EndpointFilterListArgs,
    result: type<VersionedObject<Page<EndpointGroupData>>>(),
    idempotent: true,
    since: '1.1',
  }),
  policy_association: call({
    access: [
      'identity:create_policy_association_for_endpoint',
      'identity:check_policy_association_for_endpoint',
      'identity:delete_policy_association_for_endpoint',
      'identity:create_policy_association_for_service',
      'identity:check_policy_association_for_service',
      'identity:delete_policy_association_for_service',
      'identity:create_policy_association_for_region_and_service',
      'identity:check_policy_association_for_region_and_service',
      'identity:delete_policy_association_for_region_and_service',
    ],
    args: PolicyAssociationArgs,
    result: type<null>(),
    since: '1.1',
  }),
  policy_endpoints: call({
    access: ['identity:list_endpoints_for_policy'],
    args: IdArgs,
    result: type<VersionedObject<Page<EndpointData>>>(),
    idempotent: true,
    since: '1.1',
  }),
  /**
   * The policy of the endpoint itself, otherwise of its service in its region or a region above, otherwise of its
   * service.
   */
  endpoint_policy: call({
    access: ['identity:get_policy_for_endpoint'],
    args: IdArgs,
    result: type<VersionedObject<PolicyBlobData>>(),
    idempotent: true,
    since: '1.1',
  }),
} as const;

export const catalogLinkErrors = {
  /** Two objects of the catalog that are not linked. */
  CatalogLinkNotFound: { status: 404, retryable: false },
} as const;
