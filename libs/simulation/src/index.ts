// What a cloud for tests does to itself, as its one process knows it: restored states, faults on demand, a moved clock.
export { onRestored, tellRestored } from './restored-worlds.js';
