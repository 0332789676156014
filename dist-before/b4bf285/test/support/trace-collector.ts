import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './api-client.js';

/** A span as a collector gets it, with plain attributes. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

type KeyValue = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type WireSpan = Omit<CollectedSpan, 'attributes' | 'service'> & { readonly attributes: readonly KeyValue[] };

interface TracesRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

const plain = (pairs: readonly KeyValue[]): Record<string, unknown> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));

/** A collector of OTLP over HTTP, JSON, that keeps all spans. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  readonly #server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      this.#take(JSON.parse(body) as TracesRequest);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #take({ resourceSpans }: TracesRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(plain(resource.attributes)['service.name']);
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        this.spans.push({ ...span, service, attributes: plain(span.attributes) });
      }
    }
  }

  /** The spans of a trace once there is one of each name: every process sends its own, in no order. */
  async trace(traceId: string, ...names: readonly string[]): Promise<readonly CollectedSpan[]> {
    return until(
      async () => {
        const found = this.spans.filter((span) => span.traceId === traceId);
        return names.every((name) => found.some((span) => span.name === name)) ? found : undefined;
      },
      `spans ${names.join(', ')} of trace ${traceId}`,
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
