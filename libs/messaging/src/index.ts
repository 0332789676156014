// oslo.messaging in TypeScript: calls and casts over RabbitMQ or within a process.
export type { OutgoingMessage } from './client/outgoing-message.js';
export { RpcClient } from './client/rpc-client.js';
export type { CallOptions, CastOptions, PrepareOptions } from './client/rpc-client.js';
export { compileChecks } from './contract/compiled-checks.js';
export { call, cast, defineContract, type } from './contract/contract.js';
export type {
  ArgumentsClass,
  ArgumentsOf,
  Backport,
  CallMethod,
  CallName,
  CastMethod,
  CastName,
  Contract,
  Method,
  MethodAccess,
  MethodName,
  Methods,
  MethodsOf,
  ResultOf,
  Target,
  TypeToken,
} from './contract/contract.js';
export { InheritedNameError, Nested, ReadAs, readingsOf, readInstance } from './contract/declared-instance.js';
export { OptionalSince, Since, sinceOf } from './contract/since.decorator.js';
export { isCompatible } from './contract/version.js';
export { ExpectedException, KnownRemoteError, MessagingError, messagingErrors, RemoteError } from './errors.js';
export type { MessagingErrorCode, MessagingErrorRow, RemoteFailure } from './errors.js';
export { openConfiguredNotifier } from './notify/configured-notifier.js';
export type { ConfiguredNotifier } from './notify/configured-notifier.js';
export type {
  NotificationEndpoint,
  NotificationFilter,
  NotificationHandler,
  NotificationListenerOptions,
  NotificationResult,
} from './notify/notification-endpoint.js';
export { NotificationListener } from './notify/notification-listener.js';
export { notificationPriorities } from './notify/notification.js';
export type {
  NotificationMessage,
  NotificationMetadata,
  NotificationPriority,
  ReceivedNotification,
} from './notify/notification.js';
export { Notifier } from './notify/notifier.js';
export type { NotificationDriver, NotifierOptions } from './notify/notifier.js';
export { BusTopology, queueDepths } from './operator/bus-topology.js';
export type { QueueDepth, TopologyItem } from './operator/bus-topology.js';
export { lowestVersion } from './operator/lowest-version.js';
export { ParkedMessages } from './operator/parked-messages.js';
export type { ParkedMessage, ReplayResult } from './operator/parked-messages.js';
export { defaultAccessPolicy, explicitAccessPolicy, legacyAccessPolicy } from './server/access-policy.js';
export type { AccessPolicy, CallerPolicy, InterceptedRequest, RequestInterceptor } from './server/access-policy.js';
export type { ClaimResult, Delivery, DeliveryLedger, Handler } from './server/delivery.js';
export { endpoint } from './server/rpc-endpoint.js';
export type { HandlersOf, RpcEndpointDefinition } from './server/rpc-endpoint.js';
export { RpcServer } from './server/rpc-server.js';
export type { RpcServerOptions } from './server/rpc-server.js';
export { openConfiguredTransport } from './transport/configured-transport.js';
export type { ConfiguredTransportOptions } from './transport/configured-transport.js';
export { createTransport } from './transport/create-transport.js';
export type { TransportOptions } from './transport/create-transport.js';
export { brokerAway } from './transport/health.js';
export type {
  ConsumerHealth,
  MessagingHealth,
  MessagingReport,
  RpcInFlight,
  UnservedTopic,
} from './transport/health.js';
export type { CallOutcome, DropReason, MessagingObserver } from './transport/messaging-observer.js';
export { defaultSettings } from './transport/messaging-settings.js';
export type { MessagingSettings } from './transport/messaging-settings.js';
export { defaultRabbitSettings } from './transport/rabbit-settings.js';
export type { RabbitSettings } from './transport/rabbit-settings.js';
export { createTelemetryObserver } from './transport/telemetry-observer.js';
export { parseTransportUrl } from './transport/transport-url.js';
export type { RabbitHost, TransportUrl } from './transport/transport-url.js';
export type { Transport } from './transport/transport.js';
export { stringifyExactly } from './wire/exact-json.js';
export type { MessageSerializer } from './wire/message-serializer.js';
