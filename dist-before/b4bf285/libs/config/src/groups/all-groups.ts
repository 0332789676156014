import type { OptionGroupClass } from '../internal/declaration.js';
import { ApiListenOptions } from './api-listen.options.js';
import { ApiOptions } from './api.options.js';
import { ComputeOptions } from './compute.options.js';
import { ConfigOptions } from './config.options.js';
import { DatabaseOptions } from './database.options.js';
import { FakeDriverOptions } from './fake-driver.options.js';
import { IdentityOptions, CatalogOptions } from './identity.options.js';
import { ImageOptions } from './image.options.js';
import { KeystoneAuthtokenOptions } from './keystone-authtoken.options.js';
import { LauncherOptions, HealthOptions } from './launcher.options.js';
import { LoggingOptions, defaultLogLevels } from './logging.options.js';
import {
  MessagingOptions,
  MessagingBehaviourOptions,
  NotificationOptions,
  NotificationContentOptions,
  UpgradeLevelOptions,
} from './messaging.options.js';
import {
  MiddlewareOptions,
  CorsOptions,
  HealthcheckOptions,
  PolicyOptions,
  ReportOptions,
} from './middleware.options.js';
import { NetworkOptions, NeutronOptions } from './network.options.js';
import { QuotaOptions, NetworkQuotaOptions } from './quota.options.js';
import { RabbitOptions } from './rabbit.options.js';
import { ServiceOptions, apiNames, topicNames } from './service.options.js';
import { TracingOptions } from './tracing.options.js';
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
  ApiOptions,
  WsgiOptions,
  ConfigOptions,
  DatabaseOptions,
  RabbitOptions,
  IdentityOptions,
  CatalogOptions,
  ImageOptions,
  QuotaOptions,
  NetworkQuotaOptions,
  FakeDriverOptions,
  MiddlewareOptions,
  CorsOptions,
  HealthcheckOptions,
  PolicyOptions,
  ReportOptions,
  KeystoneAuthtokenOptions,
];

// One way to all of them: each further import of a module costs every process time at its start.
export {
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
  ApiOptions,
  WsgiOptions,
  ConfigOptions,
  DatabaseOptions,
  RabbitOptions,
  IdentityOptions,
  CatalogOptions,
  ImageOptions,
  QuotaOptions,
  NetworkQuotaOptions,
  FakeDriverOptions,
  MiddlewareOptions,
  CorsOptions,
  HealthcheckOptions,
  PolicyOptions,
  ReportOptions,
  KeystoneAuthtokenOptions,
  defaultLogLevels,
  apiNames,
  topicNames,
};
