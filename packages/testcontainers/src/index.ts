// A cloud for the tests of a Node program.
export { AlbireoCloud } from './albireo-cloud.js';
export type { FaultHit, StartOptions } from './albireo-cloud.js';
export { CloudRefusal } from './control-port.js';
export type { Environment } from './control-port.js';
