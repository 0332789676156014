// The options of logs and traces, separate from the code that reads them.
export { LoggingOptions, defaultLogLevels } from './options/logging.options.js';
export { TracingOptions } from './options/tracing.options.js';
