import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { FastifyRequest } from 'fastify';
import { HealthcheckOptions } from '#libs/options';
import type { Filter, FilterFactory } from '../pipeline/filter.js';
import { booleanOf } from '../query/query.js';
import { pathOf } from '../listener/request-target.js';

const PROXY_HEADERS = ['forwarded', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-for', 'x-forwarded-prefix'];
const DEFAULT_PATH = '/healthcheck';

/** The result of one backend. */
interface Result {
  readonly available: boolean;
  readonly reason: string;
  readonly details: string;
}

/**
 * oslo.middleware's healthcheck as a filter: answers its `path`; `[healthcheck]`, or keys of the same names in
 * api-paste.ini. 200 while all backends are healthy, otherwise 503; HEAD 204 or 503.
 */
export const healthcheck: FilterFactory = (edge, _api, options) => {
  const path = options['path'] ?? DEFAULT_PATH;
  return answering(withOptions(edge.options.get(HealthcheckOptions), options), (asked) => asked === path);
};

/** The same as the app of a mount: answers every path there. */
export const healthcheckApp: FilterFactory = (edge, _api, options) =>
  answering(withOptions(edge.options.get(HealthcheckOptions), options), () => true);

function answering(settings: HealthcheckOptions, isAsked: (path: string) => boolean): Filter {
  const ranges = settings.allowedSourceRanges.map(network);
  return {
    name: 'healthcheck',
    onRequest(request, reply) {
      if (!isAsked(pathOf(request)) || !isWelcome(settings, ranges, request)) return;
      const results = settings.backends.map((backend) => look(backend, settings, request.socket.localPort ?? 0));
      const isHealthy = results.every((result) => result.available);
      if (request.method === 'HEAD') {
        void reply.code(isHealthy ? 204 : 503).send();
        return;
      }
      void reply.code(isHealthy ? 200 : 503);
      const reasons = results.length === 0 ? ['OK'] : results.map((result) => result.reason);
      if (request.headers.accept?.includes('application/json') === true) {
        void reply.send(settings.detailed ? detailed(results) : { detailed: false, reasons });
      } else {
        void reply.header('content-type', 'text/plain; charset=UTF-8').send(reasons.join('\n'));
      }
    },
  };
}

type Network = ReturnType<typeof ipaddr.parseCIDR>;

function network(range: string): Network {
  const text = range.includes('/') ? range : `${range}/${range.includes(':') ? 128 : 32}`;
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  throw new Error(`[healthcheck] allowed_source_ranges: expected networks as 10.0.0.0/8, found "${range}"`);
}

/** A client outside of these networks gets the API's response for such a path. */
function isWelcome(settings: HealthcheckOptions, ranges: readonly Network[], request: FastifyRequest): boolean {
  if (settings.ignoreProxiedRequests && PROXY_HEADERS.some((name) => request.headers[name] !== undefined)) return false;
  if (ranges.length === 0) return true;
  const { remoteAddress } = request.socket;
  if (remoteAddress === undefined || isIP(remoteAddress) === 0) return false;
  const client = ipaddr.process(remoteAddress);
  return ranges.some(([address, bits]) => address.kind() === client.kind() && client.match(address, bits));
}

function look(backend: string, settings: HealthcheckOptions, port: number): Result {
  if (backend === 'disable_by_file') return unlessDisabled(settings.disableByFilePath);
  if (backend === 'disable_by_files_ports') {
    const own = settings.disableByFilePaths.find((pair) => pair.startsWith(`${port}:`));
    return unlessDisabled(own?.slice(own.indexOf(':') + 1));
  }
  const found = settings.enableByFilePaths.find(existsSync);
  return found === undefined
    ? { available: false, reason: 'FILE PATH MISSING', details: 'No enable_by_file_paths was found' }
    : { available: true, reason: 'OK', details: `Path '${found}' was found` };
}

function unlessDisabled(path: string | undefined): Result {
  if (path === undefined) return { available: true, reason: 'OK', details: 'No path is configured' };
  if (!existsSync(path)) return { available: true, reason: 'OK', details: `Path '${path}' was not found` };
  return { available: false, reason: 'DISABLED BY FILE', details: `Path '${path}' was found` };
}

function detailed(results: readonly Result[]): object {
  return {
    detailed: true,
    now: new Date().toISOString(),
    node_version: process.version,
    platform: `${process.platform} ${process.arch}`,
    reasons: results.map(({ reason, details }) => ({ reason, details, class: 'HealthcheckResult' })),
  };
}

function withOptions(settings: HealthcheckOptions, options: Readonly<Record<string, string>>): HealthcheckOptions {
  const list = (name: string, value: readonly string[]): readonly string[] =>
    options[name]
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '') ?? value;
  const flag = (name: string, value: boolean): boolean => booleanOf(options[name] ?? '') ?? value;
  return {
    detailed: flag('detailed', settings.detailed),
    backends: list('backends', settings.backends),
    disableByFilePath: options['disable_by_file_path'] ?? settings.disableByFilePath,
    disableByFilePaths: list('disable_by_file_paths', settings.disableByFilePaths),
    enableByFilePaths: list('enable_by_file_paths', settings.enableByFilePaths),
    allowedSourceRanges: list('allowed_source_ranges', settings.allowedSourceRanges),
    ignoreProxiedRequests: flag('ignore_proxied_requests', settings.ignoreProxiedRequests),
  };
}
