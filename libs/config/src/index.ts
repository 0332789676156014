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
export { checkConfiguration, formatCheck } from './inspect/check.js';
export type { CheckReport } from './inspect/check.js';
export { diffConfigurations, formatDifference } from './inspect/diff.js';
export type { ConfigurationDifference } from './inspect/diff.js';
export { explainOption, formatExplanation } from './inspect/explain.js';
export type { LayerValue, OptionExplanation } from './inspect/explain.js';
export { showConfiguration } from './inspect/show.js';
export { referencePage } from './documents/reference.js';
export { sampleFile } from './documents/sample.js';
export { configurationSchema } from './documents/schema.js';
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
export { ApiListenOptions } from './groups/api-listen.options.js';
export { ApiOptions } from './groups/api.options.js';
export { ComputeOptions } from './groups/compute.options.js';
export { ConfigOptions } from './groups/config.options.js';
export { DatabaseOptions } from './groups/database.options.js';
export { FakeDriverOptions } from './groups/fake-driver.options.js';
export { IdentityOptions, CatalogOptions } from './groups/identity.options.js';
export { ImageOptions } from './groups/image.options.js';
export { KeystoneAuthtokenOptions } from './groups/keystone-authtoken.options.js';
export { LauncherOptions, HealthOptions } from './groups/launcher.options.js';
export { defaultLogLevels, LoggingOptions } from './groups/logging.options.js';
export {
  MessagingOptions,
  MessagingBehaviourOptions,
  NotificationOptions,
  UpgradeLevelOptions,
} from './groups/messaging.options.js';
export {
  MiddlewareOptions,
  CorsOptions,
  HealthcheckOptions,
  PolicyOptions,
  ReportOptions,
} from './groups/middleware.options.js';
export { NetworkOptions, NeutronOptions } from './groups/network.options.js';
export { QuotaOptions, NetworkQuotaOptions } from './groups/quota.options.js';
export { RabbitOptions } from './groups/rabbit.options.js';
export { apiNames, topicNames, ServiceOptions } from './groups/service.options.js';
export { WsgiOptions } from './groups/wsgi.options.js';
export type { ApiName, TopicName } from './groups/service.options.js';
export { allOptionGroups } from './groups/all-groups.js';
