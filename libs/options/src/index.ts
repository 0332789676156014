// The options and programs of the product. A library's options are declared in that library; this module exports all of
// them.
export * from '#libs/config';
export { HealthOptions, LauncherOptions, ReportOptions } from '#libs/launcher/options';
export {
  MessagingBehaviourOptions,
  MessagingOptions,
  NotificationOptions,
  RabbitOptions,
  readRabbitQuery,
} from '#libs/messaging/options';
export type { RabbitQuery } from '#libs/messaging/options';
export { PolicyOptions } from '#libs/policy/options';
export { LoggingOptions, TracingOptions, defaultLogLevels } from '#libs/telemetry/options';
export { loadConfiguration, productSources } from './load-configuration.js';
export { productVersion } from './product-version.js';
export { findProgram, programs } from './programs/programs.js';
export { runMain } from './run-main.js';
export { allOptionGroups } from './groups/all-groups.js';
export { ApiListenOptions } from './groups/api-listen.options.js';
export { ApiOptions } from './groups/api.options.js';
export { computeDrivers, ComputeOptions } from './groups/compute.options.js';
export type { ComputeDriverName } from './groups/compute.options.js';
export {
  VncOptions,
  SerialConsoleOptions,
  SpiceOptions,
  ConsoleauthOptions,
  ConsoleOptions,
  ConsoleTlsOptions,
} from './groups/console.options.js';
export { ControlOptions, FaultOptions, UiOptions } from './groups/control.options.js';
export { DatabaseOptions } from './groups/database.options.js';
export { FakeDriverOptions } from './groups/fake-driver.options.js';
export {
  IdentityOptions,
  SecurityComplianceOptions,
  CredentialOptions,
  CatalogOptions,
  AuthOptions,
  FernetTokensOptions,
  TokenOptions,
} from './groups/identity.options.js';
export { ImageOptions, ImportFilteringOptions } from './groups/image.options.js';
export {
  GlanceStoreOptions,
  ImageServiceOptions,
  ImageStoreSettings,
  StagingStoreOptions,
  imageBackendOptions,
  imageBackends,
} from './groups/image-store.options.js';
export type { ImageStoreKind } from './groups/image-store.options.js';
export { KeystoneAuthtokenOptions } from './groups/keystone-authtoken.options.js';
export { MiddlewareOptions, CorsOptions, HealthcheckOptions } from './groups/middleware.options.js';
export {
  MetadataProxyOptions,
  NetworkOptions,
  ServiceProvidersOptions,
  NeutronOptions,
} from './groups/network.options.js';
export { NotificationContentOptions } from './groups/notifications.options.js';
export {
  qemuAccelerators,
  qemuNetworks,
  QemuOptions,
  GuestOptions,
  UplinkOptions,
  VxlanOptions,
} from './groups/qemu.options.js';
export type { QemuAccelerator, QemuNetwork } from './groups/qemu.options.js';
export { QuotaOptions, NetworkQuotaOptions } from './groups/quota.options.js';
export { schedulerFilters, SchedulerOptions, FilterSchedulerOptions } from './groups/scheduler.options.js';
export type { SchedulerFilterName } from './groups/scheduler.options.js';
export { apiNames, topicNames, ServiceOptions } from './groups/service.options.js';
export type { ApiName, TopicName } from './groups/service.options.js';
export { UpgradeLevelOptions, upgradeLevels } from './groups/upgrade-levels.options.js';
export { WsgiOptions } from './groups/wsgi.options.js';
