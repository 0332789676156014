import type { OptionGroupClass } from '#libs/config';
import { ApiListenOptions } from './api-listen.options.js';
import { ApiOptions } from './api.options.js';
import { ComputeOptions } from './compute.options.js';
import { ConfigOptions } from '#libs/config';
import {
  VncOptions,
  SerialConsoleOptions,
  SpiceOptions,
  ConsoleauthOptions,
  ConsoleOptions,
  ConsoleTlsOptions,
} from './console.options.js';
import { ControlOptions, FaultOptions, UiOptions } from './control.options.js';
import { DatabaseOptions } from './database.options.js';
import { FakeDriverOptions } from './fake-driver.options.js';
import {
  AuthOptions,
  CatalogOptions,
  CredentialOptions,
  FernetTokensOptions,
  IdentityOptions,
  SecurityComplianceOptions,
  TokenOptions,
} from './identity.options.js';
import { ImageOptions, ImportFilteringOptions } from './image.options.js';
import { GlanceStoreOptions, ImageServiceOptions, StagingStoreOptions } from './image-store.options.js';
import { FilterSchedulerOptions, SchedulerOptions } from './scheduler.options.js';
import { KeystoneAuthtokenOptions } from './keystone-authtoken.options.js';
import { HealthOptions, LauncherOptions, ReportOptions } from '#libs/launcher/options';
import { LoggingOptions, TracingOptions } from '#libs/telemetry/options';
import {
  MessagingBehaviourOptions,
  MessagingOptions,
  NotificationOptions,
  RabbitOptions,
} from '#libs/messaging/options';
import { NotificationContentOptions } from './notifications.options.js';
import { UpgradeLevelOptions } from './upgrade-levels.options.js';
import { CorsOptions, HealthcheckOptions, MiddlewareOptions } from './middleware.options.js';
import { MetadataProxyOptions, NetworkOptions, NeutronOptions, ServiceProvidersOptions } from './network.options.js';
import { GuestOptions, QemuOptions, UplinkOptions, VxlanOptions } from './qemu.options.js';
import { QuotaOptions, NetworkQuotaOptions } from './quota.options.js';
import { PolicyOptions } from '#libs/policy/options';
import { ServiceOptions } from './service.options.js';
import { WsgiOptions } from './wsgi.options.js';

/** Every option group of the product. */
export const allOptionGroups: readonly OptionGroupClass[] = [
  ServiceOptions,
  ApiListenOptions,
  LauncherOptions,
  HealthOptions,
  LoggingOptions,
  TracingOptions,
  MessagingOptions,
  MessagingBehaviourOptions,
  NotificationOptions,
  NotificationContentOptions,
  UpgradeLevelOptions,
  ComputeOptions,
  NetworkOptions,
  NeutronOptions,
  ServiceProvidersOptions,
  MetadataProxyOptions,
  ApiOptions,
  WsgiOptions,
  ConfigOptions,
  DatabaseOptions,
  RabbitOptions,
  IdentityOptions,
  SecurityComplianceOptions,
  CatalogOptions,
  CredentialOptions,
  TokenOptions,
  FernetTokensOptions,
  AuthOptions,
  ImageOptions,
  ImageServiceOptions,
  GlanceStoreOptions,
  StagingStoreOptions,
  ImportFilteringOptions,
  QuotaOptions,
  NetworkQuotaOptions,
  FakeDriverOptions,
  GuestOptions,
  QemuOptions,
  UplinkOptions,
  VxlanOptions,
  SchedulerOptions,
  FilterSchedulerOptions,
  MiddlewareOptions,
  CorsOptions,
  HealthcheckOptions,
  PolicyOptions,
  ReportOptions,
  KeystoneAuthtokenOptions,
  VncOptions,
  SerialConsoleOptions,
  SpiceOptions,
  ConsoleauthOptions,
  ConsoleOptions,
  ConsoleTlsOptions,
  ControlOptions,
  FaultOptions,
  UiOptions,
];
