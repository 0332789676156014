// Functions that inspect a configuration without running a program. Programs never need them: only `loadInspection`
// loads them.
export { referencePage } from './documents/reference.js';
export { sampleFile } from './documents/sample.js';
export { configurationSchema } from './documents/schema.js';
export { checkConfiguration, formatCheck } from './inspect/check.js';
export { diffConfigurations, formatDifference } from './inspect/diff.js';
export { explainOption, formatExplanation } from './inspect/explain.js';
export { showConfiguration } from './inspect/show.js';
