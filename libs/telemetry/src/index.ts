export { createContext, generateRequestId, isRequestId } from './request-context.js';
export type { RequestContext } from './request-context.js';
export { currentContext, runWithContext } from './context-storage.js';
export { nameRequest, requestName } from './request-names.js';
export { getLogger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export type { LogFields, Logger } from './logger.js';
export { setupLogging } from './logging.js';
export type { LoggingControl, LoggingIdentity, LoggingSettings } from './logging.js';
export {
  collectProcessMetrics,
  counter,
  gauge,
  hasMetrics,
  histogram,
  mergeMetrics,
  metricsContentType,
  registeredMetrics,
  snapshotMetrics,
} from './metrics.js';
export type {
  Counter,
  Gauge,
  GaugeDefinition,
  Histogram,
  HistogramDefinition,
  MetricDefinition,
  MetricSnapshot,
  RegisteredMetric,
} from './metrics.js';
export { isSecretName, maskText } from './internal/mask.js';
export { Span } from './tracing/span.js';
export type { SpanAttribute, SpanKind } from './tracing/span.js';
export { addTraceHeaders, formatTraceparent, readTraceContext, setTrace, traceOf } from './tracing/trace-context.js';
export type { TraceContext } from './tracing/trace-context.js';
export { isTracing, setupTracing, spanOf, startSpan, startTrace, stopTracing } from './tracing/tracing.js';
export type { TracingSettings } from './tracing/tracing.js';
