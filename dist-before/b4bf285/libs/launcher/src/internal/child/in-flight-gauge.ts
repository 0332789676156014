import { gauge } from '#libs/telemetry';
import type { Gauge } from '#libs/telemetry';
import type { HostedService } from './hosted-service.js';

/** Requests that are being answered at the moment of the scrape, by service. */
export function inFlightGauge(services: () => readonly HostedService[]): Gauge {
  return gauge({
    name: 'albireo_http_requests_in_flight',
    help: 'HTTP requests that are being answered',
    labels: ['service'],
    collect: (metric) => {
      for (const { name, inFlight, gate } of services())
        if (gate !== undefined) metric.set({ service: name }, inFlight);
    },
  });
}
