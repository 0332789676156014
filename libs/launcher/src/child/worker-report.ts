import type { IntervalHistogram } from 'node:perf_hooks';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { JsonValue } from '../service.js';
import type { HostedService } from './hosted-service.js';

const mebibyte = 1024 * 1024;
const resolutionMs = 100;
const nanosecondsPerMs = 1e6;

/** One worker's part of the state report. */
export class WorkerReport {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.#delay.enable();
  }

  describe(services: readonly HostedService[]): JsonValue {
    const memory = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const report = {
      pid: process.pid,
      node: process.version,
      uptimeSeconds: Math.round(process.uptime()),
      memoryMiB: { rss: Math.round(memory.rss / mebibyte), heapUsed: Math.round(memory.heapUsed / mebibyte) },
      cpuSeconds: Math.round((user + system) / 1e4) / 100,
      eventLoop: {
        utilization: Math.round(performance.eventLoopUtilization().utilization * 1000) / 1000,
        ...this.#delays(),
      },
      resources: countByName(process.getActiveResourcesInfo()),
      services: services.map((service) => describeService(service)),
    };
    return JSON.parse(JSON.stringify(report)) as JsonValue;
  }

  /** Delays since the last report, in ms. The histogram measures a timer, whose period is not a delay. */
  #delays(): Record<string, number> {
    const ms = (nanoseconds: number): number =>
      Math.max(0, Math.round((nanoseconds / nanosecondsPerMs - resolutionMs) * 10) / 10) || 0;
    const { mean, max } = this.#delay;
    const delays = { meanDelayMs: ms(mean), p99DelayMs: ms(this.#delay.percentile(99)), maxDelayMs: ms(max) };
    this.#delay.reset();
    return delays;
  }
}

function describeService(service: HostedService): object {
  const now = performance.now();
  return {
    name: service.name,
    health: service.health(),
    connections: service.gate?.connections ?? 0,
    requests: (service.gate?.openRequests ?? []).map(({ method, path, requestId, sinceMs }) => ({
      method,
      path,
      requestId: requestId ?? null,
      ageSeconds: Math.round(now - sinceMs) / 1000,
    })),
    details: service.report() ?? null,
  };
}

function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
