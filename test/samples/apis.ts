import { glance } from './glance.js';
import { keystone } from './keystone.js';
import { neutron } from './neutron.js';
import { nova } from './nova.js';
import type { SampleApi } from './replay.js';

/** Which samples are played, in this order. */
export const sampleApis: Readonly<Record<string, SampleApi>> = { nova, neutron, keystone, glance };

/** Options of the cloud that they are played against. */
export const sampleEnvironment: Readonly<Record<string, string>> = {
  OS_DEFAULT__EPHEMERAL: 'true',
  OS_FAKE__HOSTS: '2',
};
