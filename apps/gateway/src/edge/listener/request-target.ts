import type { IncomingMessage } from 'node:http';
import { normalPath } from '#libs/pipeline';
import type { ApiDefinition } from '../api-definition.js';
import { Fault } from '../errors/fault.js';
import { hostFault } from './host-header.js';

const ABSOLUTE_FORM = /^https?:\/\/([^/?]*)([^?]*)/i;
/** Matches no route: the request is refused before a handler. */
const REFUSED = '/';

/** The facts in the request target other than the path; kept only for requests that have any. */
export interface TargetFacts {
  /** The project id in the path. */
  readonly projectInPath?: string | undefined;
  /** The path was that of an older name of the API. */
  readonly legacy?: true | undefined;
  /** Why the request target is invalid. */
  readonly fault?: Fault | undefined;
}

const facts = new WeakMap<IncomingMessage, TargetFacts>();
const NONE: TargetFacts = {};

/** The facts found by `normalTarget`. */
export function factsOf(raw: IncomingMessage): TargetFacts {
  return facts.get(raw) ?? NONE;
}

/**
 * Path and query of a request in the normal form that pipelines, router and handlers use, so that no path can bypass
 * one of them; the query is unchanged, but must be UTF-8. Accepts the origin form and the absolute form (RFC 9112,
 * 3.2.2, where the authority replaces the Host header); anything else, and a fragment, is a fault.
 */
export function normalTarget(raw: IncomingMessage, api: ApiDefinition): string {
  const url = raw.url ?? '/';
  const end = url.indexOf('?');
  let path = end < 0 ? url : url.slice(0, end);
  if (path.charCodeAt(0) !== 0x2f) {
    const absolute = ABSOLUTE_FORM.exec(path);
    if (absolute === null) return refuse(raw, 'The request target is neither a path nor an http URL.');
    // The received header must be valid nevertheless.
    const fault = hostFault(raw);
    raw.headers.host = absolute[1] ?? '';
    if (fault !== undefined) {
      facts.set(raw, { fault });
      return REFUSED;
    }
    path = absolute[2] === undefined || absolute[2] === '' ? '/' : absolute[2];
  }
  if (path.includes('#')) return refuse(raw, 'The request target has a fragment.');
  const normal = normalPath(path);
  if (normal === undefined) return refuse(raw, 'The path has a malformed escape.');
  if (!isUtf8Escaped(normal)) return refuse(raw, 'The path is not UTF-8.');
  path = normal;
  if (api.rewritePath !== undefined) {
    const rewritten = api.rewritePath(path);
    const { projectInPath, legacy } = rewritten;
    if (projectInPath !== undefined || legacy !== undefined) facts.set(raw, { projectInPath, legacy });
    path = rewritten.path;
  }
  if (end < 0) return path;
  const query = url.slice(end);
  if (!isUtf8Escaped(query)) return refuse(raw, 'The query is not UTF-8.');
  return path + query;
}

/** Escaped bytes of characters outside of ASCII, including unpaired surrogates. */
const BEYOND_ASCII = /%[89a-f][0-9a-f]/i;

/** A percent sign that begins no escape is a literal character, as everywhere in OpenStack. */
function isUtf8Escaped(text: string): boolean {
  if (!BEYOND_ASCII.test(text)) return true;
  try {
    decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
    return true;
  } catch {
    return false;
  }
}

function refuse(raw: IncomingMessage, message: string): string {
  facts.set(raw, { fault: new Fault(400, message, { code: 'BadRequestTarget' }) });
  return REFUSED;
}

/** The path of a request as pipelines and router use it, without the query. */
export function pathOf(request: { readonly url: string }): string {
  const end = request.url.indexOf('?');
  return end < 0 ? request.url : request.url.slice(0, end);
}
