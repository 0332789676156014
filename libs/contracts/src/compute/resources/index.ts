export * from './aggregates.js';
export * from './flavors.js';
export * from './hypervisors.js';
export * from './keypairs.js';
export * from './server-groups.js';
export * from './services.js';
