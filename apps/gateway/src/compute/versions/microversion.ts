import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestState } from '../../edge/request-state.js';
import { Fault } from '../../edge/errors/fault.js';

/** N of the microversion 2.N of a request. */
export function versionOf(request: { readonly edge: Pick<RequestState, 'microversion'> }): number {
  return request.edge.microversion ?? MIN_MICROVERSION;
}

/** A controller's parameter: N of the microversion 2.N: `show(@Version() version: number)`. */
export const Version = createParamDecorator((_data: unknown, context: ExecutionContext): number =>
  versionOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Microversions are 2.N; only N is kept. */
export const MIN_MICROVERSION = 1;
export const MAX_MICROVERSION = 104;

const FORM = /^([1-9]\d*)\.([1-9]\d*|0)$/;

function minorOf(text: string): number {
  if (text === 'latest') return MAX_MICROVERSION;
  const match = FORM.exec(text);
  if (match === null) {
    throw new Fault(
      400,
      `API Version String ${text.slice(0, 64)} is of invalid format. Must be of format MajorNum.MinorNum.`,
      { code: 'InvalidApiVersionString' },
    );
  }
  const major = Number(match[1]);
  const minor = Number(match[2]);
  if (major !== 2 || minor < MIN_MICROVERSION || minor > MAX_MICROVERSION) {
    const bounds = `Minimum is 2.${MIN_MICROVERSION} and maximum is 2.${MAX_MICROVERSION}.`;
    throw new Fault(406, `Version ${text.slice(0, 64)} is not supported by the API. ${bounds}`, {
      code: 'MicroversionInvalid',
      facts: { max_version: `2.${MAX_MICROVERSION}`, min_version: `2.${MIN_MICROVERSION}` },
    });
  }
  return minor;
}

/** The version of the service `compute` in `OpenStack-API-Version`, which may name several services. */
function namedVersion(header: string): string | undefined {
  for (const part of header.split(',')) {
    const [service, version, more] = part.trim().split(/\s+/);
    if (service?.toLowerCase() === 'compute' && version !== undefined && more === undefined) return version;
  }
  return undefined;
}

/**
 * The microversion of a request: `OpenStack-API-Version: compute 2.N` takes precedence over the older
 * `X-OpenStack-Nova-API-Version: 2.N`; without either 2.1. Throws Fault 400 (form) or 406 (bounds).
 */
export function requestedMicroversion(headers: Readonly<Record<string, string | string[] | undefined>>): number {
  const header = headers['openstack-api-version'];
  const named = typeof header === 'string' ? namedVersion(header) : undefined;
  const legacy = headers['x-openstack-nova-api-version'];
  const text = named ?? (typeof legacy === 'string' ? legacy.trim() : undefined);
  return text === undefined ? MIN_MICROVERSION : minorOf(text);
}
