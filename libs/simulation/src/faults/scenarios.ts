import type { FaultRule } from './fault-rules.js';

/** Faults that many tests need, by name; each is a set of rules that anyone could write. */
export const SCENARIOS: Readonly<Record<string, { readonly summary: string; readonly rules: readonly FaultRule[] }>> = {
  'flaky-create': {
    summary: 'every third create, on the average, fails with 503',
    rules: [
      {
        id: 'flaky-create',
        http: { method: 'POST', path: '/{servers,networks,subnets,ports,routers,images}' },
        status: 503,
        probability: 0.33,
      },
    ],
  },
  'slow-api': {
    summary: 'every answer takes 2 s longer',
    rules: [{ id: 'slow-api', http: {}, delay: 2 }],
  },
  'token-expires': {
    summary: 'after five requests one is answered with 401, as for a token that has expired in between',
    rules: [{ id: 'token-expires', http: { path: '**' }, status: 401, after: 5, times: 1 }],
  },
  'rate-limit': {
    summary: 'the next three requests are answered with 429 and Retry-After',
    rules: [{ id: 'rate-limit', http: {}, status: 429, headers: { 'Retry-After': '1' }, times: 3 }],
  },
  'boot-error-once': {
    summary: 'the next server that is built goes to ERROR',
    rules: [{ id: 'boot-error-once', driver: { operation: 'spawn' }, fail: 'the hypervisor refused', times: 1 }],
  },
  'api-down': {
    summary: 'for 30 s every request is answered with 503',
    rules: [{ id: 'api-down', http: {}, status: 503, headers: { 'Retry-After': '5' }, for: 30 }],
  },
  'eventual-consistency': {
    summary: 'a port is 404 for 200 ms after its creation',
    rules: [{ id: 'eventual-consistency', http: { api: 'network', method: 'GET', path: '/ports/*' }, young: 0.2 }],
  },
  'no-valid-host': {
    summary: 'no host takes the next server: it goes to ERROR',
    rules: [{ id: 'no-valid-host', driver: { operation: 'schedule' }, fail: true, times: 1 }],
  },
  'no-addresses': {
    summary: 'no address is free for ports, servers, routers and floating IPs',
    rules: [{ id: 'no-addresses', driver: { operation: 'allocate' }, fail: true }],
  },
  'host-down': {
    summary: 'hosts report no more and are down after service_down_time',
    rules: [{ id: 'host-down', driver: { operation: 'report' }, fail: true }],
  },
  'quota-exhausted': {
    summary: 'creates of servers are over quota',
    rules: [
      {
        id: 'quota-exhausted',
        rpc: { topic: 'conductor', method: 'server_create' },
        error: 'QuotaExceeded',
        message: 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances',
      },
    ],
  },
};
