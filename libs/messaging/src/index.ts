// oslo.messaging in TypeScript: calls and casts over RabbitMQ or within a process.
export { defaultAccessPolicy, explicitAccessPolicy, legacyAccessPolicy } from './access-policy.js';
export type { CallerPolicy } from './access-policy.js';
export type { AccessPolicy } from './access-policy.js';
export { call, cast, defineContract, type } from './contract.js';
export { stringifyExactly } from './internal/exact-json.js';
export { compileChecks } from './internal/compiled-checks.js';
export { InheritedNameError, Nested, ReadAs, readInstance, readingsOf } from './declared-instance.js';
export { OptionalSince, Since, sinceOf } from './since.decorator.js';
export type {
  ArgumentsClass,
  Backport,
  MethodAccess,
  ArgumentsOf,
  CallMethod,
  CallName,
  CastMethod,
  CastName,
  Contract,
  Method,
  MethodName,
  Methods,
  MethodsOf,
  ResultOf,
  TypeToken,
} from './contract.js';
export { openConfiguredNotifier } from './notify/configured-notifier.js';
export type { ConfiguredNotifier } from './notify/configured-notifier.js';
export { openConfiguredTransport } from './configured-transport.js';
export type { ConfiguredTransportOptions } from './configured-transport.js';
export { createTransport } from './create-transport.js';
export type { TransportOptions } from './create-transport.js';
export type { Delivery, Handler } from './delivery.js';
export type { ClaimResult, DeliveryLedger } from './delivery.js';
export { ExpectedException, KnownRemoteError, MessagingError, messagingErrors, RemoteError } from './errors.js';
export type { MessagingErrorCode, MessagingErrorRow, RemoteFailure } from './errors.js';
export { brokerAway } from './health.js';
export type { ConsumerHealth, MessagingHealth, UnservedTopic } from './health.js';
export type { MessagingReport, RpcInFlight } from './health.js';
export type { CallOutcome, DropReason, MessagingObserver } from './messaging-observer.js';
export { defaultSettings } from './messaging-settings.js';
export type { MessagingSettings } from './messaging-settings.js';
export type { MessageSerializer } from './message-serializer.js';
export { Notifier } from './notify/notifier.js';
export type { NotificationDriver, NotifierOptions } from './notify/notifier.js';
export { NotificationListener } from './notify/notification-listener.js';
export type {
  NotificationEndpoint,
  NotificationHandler,
  NotificationListenerOptions,
  NotificationResult,
} from './notify/notification-endpoint.js';
export type { NotificationFilter } from './notify/notification-endpoint.js';
export { notificationPriorities } from './notify/notification.js';
export type {
  NotificationMessage,
  NotificationMetadata,
  NotificationPriority,
  ReceivedNotification,
} from './notify/notification.js';
export type { OutgoingMessage } from './outgoing-message.js';
export { defaultRabbitSettings } from './rabbit-settings.js';
export type { RabbitSettings } from './rabbit-settings.js';
export { RpcClient } from './rpc-client.js';
export type { CallOptions, CastOptions, PrepareOptions } from './rpc-client.js';
export { endpoint } from './rpc-endpoint.js';
export type { HandlersOf, RpcEndpointDefinition } from './rpc-endpoint.js';
export { RpcServer } from './rpc-server.js';
export type { RpcServerOptions } from './rpc-server.js';
export type { Target } from './contract.js';
export { createTelemetryObserver } from './telemetry-observer.js';
export type { Transport } from './transport.js';
export { lowestVersion } from './operator/lowest-version.js';
export { queueDepths } from './operator/bus-topology.js';
export type { QueueDepth } from './operator/bus-topology.js';
export { BusTopology } from './operator/bus-topology.js';
export type { TopologyItem } from './operator/bus-topology.js';
export { ParkedMessages } from './operator/parked-messages.js';
export type { ParkedMessage, ReplayResult } from './operator/parked-messages.js';
export { parseTransportUrl } from './transport-url.js';
export type { RabbitHost, TransportUrl } from './transport-url.js';
export { isCompatible } from './version.js';
export type { InterceptedRequest, RequestInterceptor } from './access-policy.js';
