// The messages between the gateway and the worker.
export { IncompatibleObjectError, backportObjects, objectType, pageType } from './objects/versioned-object.js';
export type { VersionedObject, ObjectChange, ObjectType, Page } from './objects/versioned-object.js';
export { ListArgs, IdArgs, ProjectArgs } from './objects/list-args.js';
export { EXPECTED_ERRORS, EXPECTED_ERROR_MODULE, ExpectedError, isExpectedErrorCode } from './expected-errors.js';
export type { ExpectedErrorKind, ExpectedErrorCode } from './expected-errors.js';
export {
  GrantArgs,
  GrantListArgs,
  GroupMemberArgs,
  ImpliedRoleArgs,
  MembershipListArgs,
  PasswordChangeArgs,
  ProjectTagsArgs,
  NamedReference,
  ScopeArgs,
  AuthenticatePasswordArgs,
  AuthenticateTokenArgs,
  TokenScopeArgs,
  ProjectRelativesArgs,
  TokenRevokeArgs,
  ClockMovedArgs,
  TokensRevokeArgs,
  UserProjectsArgs,
} from './identity/identity.args.js';
export {
  RoleAssignmentPage,
  RoleInferencePage,
  Authentication,
  RevocationPage,
  revocationSubject,
} from './identity/identity.objects.js';
export type {
  ScopedProject,
  RoleAssignmentData,
  RoleInferenceData,
  AuthenticationData,
  RevocationData,
  RevocationPageData,
  GrantScope,
} from './identity/identity.objects.js';
export { IsResourceOptions, invalidOption } from './identity/resource-options.js';
export type { OptionedKind, ResourceOptions } from './identity/resource-options.js';
export * from './identity/resources/index.js';
export { OwnedArgs, OwnedListArgs, TrustArgs, directoryResources } from './identity/directory.methods.js';
export type { DirectoryCreateArgs, DirectoryUpdateArgs } from './identity/directory.methods.js';
export * from './identity/domain-config.js';
export * from './identity/authentication.args.js';
export * from './identity/authentication.methods.js';
export * from './identity/catalog-links.methods.js';
export { CATALOG_INTERFACES, CLOUD_SERVICES, Catalog, stableId } from './identity/catalog.js';
export type { CatalogData, ServiceProviderEntry } from './identity/catalog.js';
export { identityContract } from './identity/identity.contract.js';
export type { IdentityContract } from './identity/identity.contract.js';
export { gatewayContract } from './gateway/gateway.contract.js';
export { Snapshot, workerContract } from './worker/worker.contract.js';
export type { SnapshotData, WorkerContract } from './worker/worker.contract.js';
export type { GatewayContract } from './gateway/gateway.contract.js';
export * from './image/image.args.js';
export * from './image/image.objects.js';
export * from './image/images.js';
export * from './image/metadef.objects.js';
export { imageContract } from './image/image.contract.js';
export type { ImageContract } from './image/image.contract.js';
export * from './network/index.js';
export * from './resource/index.js';
export * from './compute/resources/index.js';
export {
  RequestedNetwork,
  ServerCreateArgs,
  ServerUpdateArgs,
  ServerActArgs,
  ServerActionArgs,
  METADATA_CHANGES,
  ServerMetadataArgs,
  InstanceMetadataArgs,
} from './conductor/server.args.js';
export type { MetadataChange } from './conductor/server.args.js';
export {
  BooleanText,
  IsBase64Text,
  IsDescription,
  IsHostname,
  IsMetadata,
  IsName,
  IsServerHostname,
  IsTag,
  IsTrustedCertificates,
  IsUserData,
  LOOSE_NAME_RULE,
  MAX_TAGS,
  NAME_RULE,
  NumberText,
  Optional,
  booleanOf,
  isTag,
  rule,
} from './compute/body-forms.js';
export {
  InVersions,
  RequiredIn,
  RuleInVersions,
  brokenVersionRule,
  fieldOutsideVersion,
  versionBoundsOf,
} from './compute/version-bounds.js';
export type { ForeignField, VersionBounds } from './compute/version-bounds.js';
export * from './server-actions/index.js';
export {
  InstanceAction,
  InstanceActionArgs,
  InstanceActionListArgs,
  InstanceActionPage,
} from './conductor/instance-actions.js';
export { MigrationObject, MigrationPage, ServerMigrationsArgs } from './conductor/migration.objects.js';
export {
  InstancePasswordArgs,
  MAX_PASSWORD,
  ServerEvent,
  ServerEvents,
  ServerEventsArgs,
  ServerPassword,
  ServerPasswordArgs,
} from './conductor/server-outside.js';
export type { ServerEventsData, ServerPasswordData } from './conductor/server-outside.js';
export type { MigrationData } from './conductor/migration.objects.js';
export type { InstanceActionData, InstanceActionEvent } from './conductor/instance-actions.js';
export { POWER_STATE, TASK_STATES, VM_STATES } from './conductor/server-states.js';
export type { TaskState, VmState } from './conductor/server-states.js';
export {
  Server,
  ServerActionResult,
  ServerPage,
  ServerMetadata,
  InstanceMetadata,
} from './conductor/server.objects.js';
export * from './conductor/resource.args.js';
export * from './conductor/resource.objects.js';
export { BlockDeviceArgs, InjectedFile } from './conductor/server.args.js';
export type { SchedulerHints } from './conductor/server.objects.js';
export type {
  ServerActionResultData,
  ServerAddress,
  ServerFault,
  ServerData,
  ServerMetadataData,
  InstanceMetadataData,
  InstanceNic,
  InstanceNicAddress,
} from './conductor/server.objects.js';
export { HypervisorListArgs, ServiceUpdateArgs } from './conductor/service.objects.js';
export { Limits } from './conductor/service.objects.js';
export type { LimitsData } from './conductor/service.objects.js';
export { InstanceArgs, conductorContract } from './conductor/conductor.contract.js';
export type { ConductorContract } from './conductor/conductor.contract.js';
export * from './scheduler/scheduler.contract.js';
export {
  ActOnInstanceArgs,
  ConsoleOutput,
  ConsoleOutputArgs,
  RebootInstanceArgs,
  computeContract,
} from './compute/compute.contract.js';
export * from './compute/console.objects.js';
export type { ComputeContract, ConsoleOutputData } from './compute/compute.contract.js';
export { isSignedWith, metadataSecrets, signInstanceId } from './metadata-signature.js';
export { policyRules } from './policy-rules.js';
export type { PolicyService } from './policy-rules.js';
