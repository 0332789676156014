import type { JsonValue } from '../../json.js';
import type { HostedService } from './hosted-service.js';

const mebibyte = 1024 * 1024;

/** What one worker tells for the state report. */
export function describeWorker(services: readonly HostedService[]): JsonValue {
  const memory = process.memoryUsage();
  const now = performance.now();
  const report = {
    pid: process.pid,
    node: process.version,
    uptimeSeconds: Math.round(process.uptime()),
    memoryMiB: { rss: Math.round(memory.rss / mebibyte), heapUsed: Math.round(memory.heapUsed / mebibyte) },
    cpuSeconds: Math.round((process.cpuUsage().user + process.cpuUsage().system) / 1e4) / 100,
    eventLoopUtilization: Math.round(performance.eventLoopUtilization().utilization * 1000) / 1000,
    resources: countByName(process.getActiveResourcesInfo()),
    services: services.map((service) => ({
      name: service.name,
      health: service.health(),
      connections: service.gate?.connections ?? 0,
      requests: (service.gate?.openRequests ?? []).map(({ method, path, sinceMs }) => ({
        method,
        path,
        ageSeconds: Math.round(now - sinceMs) / 1000,
      })),
      details: service.report() ?? null,
    })),
  };
  return JSON.parse(JSON.stringify(report)) as JsonValue;
}

function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
