export { createContext, generateRequestId, isRequestId } from './request-context.js';
export type { RequestContext } from './request-context.js';
export { currentContext, runWithContext } from './context-storage.js';
export { nameRequest, requestName } from './request-names.js';
export { getLogger } from './logger.js';
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
  snapshotMetrics,
} from './metrics.js';
export type { Counter, Gauge, Histogram, HistogramDefinition, MetricDefinition, MetricSnapshot } from './metrics.js';
export { maskText } from './internal/mask.js';
