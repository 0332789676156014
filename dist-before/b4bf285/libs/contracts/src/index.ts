// What the gateway and the worker say to each other.
// class-transformer reads what the decorators of the argument classes write.
import 'reflect-metadata';
export { IncompatibleObjectError, objectType } from './objects/versioned-object.js';
export type { VersionedObject, ObjectType, Page } from './objects/versioned-object.js';
export { ListArgs, IdArgs, ProjectArgs } from './objects/list-args.js';
export { EXPECTED_ERRORS, EXPECTED_ERROR_MODULE, ExpectedError, isExpectedErrorCode } from './expected-errors.js';
export type { ExpectedErrorKind, ExpectedErrorCode } from './expected-errors.js';
export {
  NamedReference,
  ScopeArgs,
  AuthenticatePasswordArgs,
  AuthenticateTokenArgs,
  TokenRevokeArgs,
  TokensRevokeArgs,
  UserProjectsArgs,
} from './identity/identity.args.js';
export {
  Domain,
  DomainPage,
  Project,
  ProjectPage,
  User,
  UserPage,
  Role,
  RolePage,
  RoleAssignmentPage,
  Authentication,
  RevocationPage,
} from './identity/identity.objects.js';
export type {
  DomainData,
  ProjectData,
  UserData,
  RoleData,
  RoleAssignmentData,
  AuthenticationData,
  RevocationData,
} from './identity/identity.objects.js';
export {
  DomainCreateArgs,
  DomainFields,
  DomainUpdateArgs,
  GrantArgs,
  GrantListArgs,
  PasswordChangeArgs,
  ProjectCreateArgs,
  ProjectFields,
  ProjectUpdateArgs,
  RoleCreateArgs,
  RoleUpdateArgs,
  UserCreateArgs,
  UserFields,
  UserUpdateArgs,
} from './identity/identity-changes.args.js';
export { revocationSubject } from './identity/revocation-subject.js';
export type { GrantScope } from './identity/revocation-subject.js';
export { identityContract } from './identity/identity.contract.js';
export type { IdentityContract } from './identity/identity.contract.js';
export { gatewayContract } from './gateway/gateway.contract.js';
export type { GatewayContract } from './gateway/gateway.contract.js';
export { Image, ImagePage } from './image/image.objects.js';
export type { ImageData } from './image/image.objects.js';
export { imageContract } from './image/image.contract.js';
export type { ImageContract } from './image/image.contract.js';
export {
  NetworkInput,
  AllocationPoolInput,
  HostRouteInput,
  SubnetInput,
  FixedIpInput,
  PortInput,
  NetworkCreateArgs,
  SubnetCreateArgs,
  PortCreateArgs,
  NetworkUpdateArgs,
  SubnetUpdateArgs,
  PortUpdateArgs,
  NetworkDeleteArgs,
} from './network/network.args.js';
export { Network, NetworkPage, NetworkQuota, Subnet, SubnetPage, Port, PortPage } from './network/network.objects.js';
export type {
  StandardAttributes,
  NetworkData,
  NetworkQuotaData,
  AllocationPool,
  HostRoute,
  SubnetData,
  FixedIp,
  PortData,
} from './network/network.objects.js';
export { networkContract } from './network/network.contract.js';
export type { NetworkContract } from './network/network.contract.js';
export { FlavorListArgs, FlavorCreateArgs } from './conductor/flavor.args.js';
export { Flavor, FlavorPage } from './conductor/flavor.objects.js';
export type { FlavorData } from './conductor/flavor.objects.js';
export { KeypairCreateArgs, KeypairArgs, KeypairListArgs } from './conductor/keypair.args.js';
export { Keypair, KeypairPage } from './conductor/keypair.objects.js';
export type { KeypairData } from './conductor/keypair.objects.js';
export {
  RequestedNetwork,
  ServerCreateArgs,
  ServerUpdateArgs,
  SERVER_ACTIONS,
  ServerActionArgs,
  METADATA_CHANGES,
  ServerMetadataArgs,
  InstanceMetadataArgs,
} from './conductor/server.args.js';
export type { MetadataChange, ServerAction } from './conductor/server.args.js';
export { POWER_STATE, Server, ServerPage, ServerMetadata, InstanceMetadata } from './conductor/server.objects.js';
export type {
  VmState,
  TaskState,
  ServerAddress,
  ServerFault,
  ServerData,
  ServerMetadataData,
  InstanceMetadataData,
} from './conductor/server.objects.js';
export { ServiceUpdateArgs } from './conductor/service.args.js';
export { HypervisorPage, Service, ServicePage, Limits } from './conductor/service.objects.js';
export type { HypervisorData, ServiceData, LimitsData } from './conductor/service.objects.js';
export { InstanceArgs, conductorContract } from './conductor/conductor.contract.js';
export type { ConductorContract } from './conductor/conductor.contract.js';
export { schedulerContract } from './scheduler/scheduler.contract.js';
export type { SchedulerContract } from './scheduler/scheduler.contract.js';
export { RebootInstanceArgs, computeContract } from './compute/compute.contract.js';
export type { ComputeContract } from './compute/compute.contract.js';
