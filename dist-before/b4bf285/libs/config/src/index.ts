export { Configuration } from './configuration.js';
export type { MutateHook, ReloadResult, SourcePaths } from './configuration.js';
export type { ConfigurationState } from './configuration-state.js';
export { watchConfiguration } from './watch-configuration.js';
export type { WatchInput } from './watch-configuration.js';
export { loadConfiguration } from './load-configuration.js';
export type { LoadInput } from './load-configuration.js';
export { productVersion } from './product-version.js';
export type { ProgramDeclaration } from './programs/program-declaration.js';
export { findProgram, programs } from './programs/programs.js';
export { runMain } from './run-main.js';
export type { ProcessSurroundings, ProgramDescription } from './run-main.js';
export { loadInspection } from './load-inspection.js';
export type { ConfigurationInspection } from './load-inspection.js';
export type { CheckReport } from './inspect/check.js';
export type { ConfigurationDifference } from './inspect/diff.js';
export type { LayerValue, OptionExplanation } from './inspect/explain.js';
export { formatChange } from './internal/change.js';
export type { OptionChange } from './internal/change.js';
export type {
  DefaultContext,
  GroupDeclaration,
  OptionAttributes,
  OptionDeclaration,
  OptionGroupClass,
} from './internal/declaration.js';
export { declarationOf } from './internal/declaration-registry.js';
export {
  BoolOpt,
  DictOpt,
  DurationOpt,
  FloatOpt,
  HostAddressOpt,
  IntOpt,
  IpOpt,
  ListOpt,
  MultiDictOpt,
  MultiStrOpt,
  OptionGroup,
  PortOpt,
  StrOpt,
  UriOpt,
} from './internal/decorators.js';
export { ConfigurationError, HelpRequested, StartError, UsageError, VersionRequested } from './internal/errors.js';
export { formatFault } from './internal/fault.js';
export type { ConfigurationFault } from './internal/fault.js';
export { maskUrls } from './internal/masking.js';
export type { OptionValue } from './internal/option-value.js';
export type { ProgramDefaults } from './internal/resolver.js';
export type { ApiName, TopicName } from './groups/service.options.js';
export {
  ApiListenOptions,
  ApiOptions,
  ComputeOptions,
  ConfigOptions,
  DatabaseOptions,
  FakeDriverOptions,
  IdentityOptions,
  CatalogOptions,
  ImageOptions,
  KeystoneAuthtokenOptions,
  LauncherOptions,
  HealthOptions,
  defaultLogLevels,
  LoggingOptions,
  TracingOptions,
  MessagingOptions,
  MessagingBehaviourOptions,
  NotificationOptions,
  NotificationContentOptions,
  UpgradeLevelOptions,
  MiddlewareOptions,
  CorsOptions,
  HealthcheckOptions,
  PolicyOptions,
  ReportOptions,
  NetworkOptions,
  NeutronOptions,
  QuotaOptions,
  NetworkQuotaOptions,
  RabbitOptions,
  apiNames,
  topicNames,
  ServiceOptions,
  WsgiOptions,
  allOptionGroups,
} from './groups/all-groups.js';
