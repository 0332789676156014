// Operations of a test cloud on itself, within its one process: restored states, injected faults, a moved clock.
export { onRestored, tellRestored } from './onlookers.js';
export { businessClock } from './business-clock.js';
export type { ClockState } from './business-clock.js';
export { ONLOOKER_HEADER, onlookerMark, onlookers } from './onlookers.js';
export { faultPlan } from './faults/fault-plan.js';
export type { Fault, FaultFacts } from './faults/fault-plan.js';
export { readFaultRules } from './faults/fault-rules.js';
export type { FaultRule } from './faults/fault-rules.js';
export { SCENARIOS } from './faults/scenarios.js';
export { DocumentError, YamlSource } from './documents/yaml-source.js';
export type { DocumentFault, Path } from './documents/yaml-source.js';
export * as checks from './documents/checks.js';
