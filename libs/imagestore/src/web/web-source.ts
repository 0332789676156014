import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { ImportFilter } from './import-filter.js';

const MAX_REDIRECTS = 5;
const IDLE_MS = 60_000;

/** Why a fetch failed, in words that a project may read; with the source's status, if it answered. */
export class WebSourceError extends Error {
  override readonly name = 'WebSourceError';
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

/** The request to a source: GET of the whole unless set otherwise. */
export interface WebQuestion {
  readonly method?: 'GET' | 'HEAD';
  /** A header `Range`; a source without support for ranges answers 200 and the whole content. */
  readonly range?: string;
  readonly tls?: Pick<RequestOptions, 'ca' | 'rejectUnauthorized'>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The body of a URL, as a stream. Every URL in a chain of redirects, and the address of each connection, is checked by
 * the filter: neither a redirect nor a name that changes its address leads into the internal network. Throws
 * WebSourceError.
 */
export async function openWebSource(
  url: string,
  filter: ImportFilter,
  question: WebQuestion = {},
): Promise<IncomingMessage> {
  let next = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    if (!filter.allows(next)) throw new WebSourceError(`The URI does not pass filtering: ${next}`);
    const answer = await ask(new URL(next), filter, question);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200 || (statusCode === 206 && question.range !== undefined)) return answer;
    answer.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) {
      throw new WebSourceError(`The source of the image answered ${statusCode}.`, statusCode);
    }
    if (!URL.canParse(headers.location, next)) throw new WebSourceError('The source of the image redirects to no URL.');
    next = new URL(headers.location, next).href;
  }
  throw new WebSourceError(`The source of the image redirects more than ${MAX_REDIRECTS} times.`);
}

function ask(
  url: URL,
  filter: ImportFilter,
  { method = 'GET', range, tls, signal }: WebQuestion,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        agent: false,
        method,
        ...(signal === undefined ? {} : { signal }),
        timeout: IDLE_MS,
        lookup: guardedLookup(filter),
        headers: { accept: '*/*', ...(range === undefined ? {} : { range }) },
        ...tls,
      },
      resolve,
    );
    asked.once('timeout', () =>
      asked.destroy(new WebSourceError('The source of the image has been silent for too long.')),
    );
    asked.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.message;
      reject(error instanceof WebSourceError ? error : new WebSourceError(`The source cannot be read (${code}).`));
    });
    asked.end();
  });
}

/** Resolves a name for the connection itself, and returns only permitted addresses. */
function guardedLookup(filter: ImportFilter): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const passing = addresses.filter(({ address }) => filter.allowsAddress(address, hostname));
      const [first] = passing;
      if (first === undefined || passing.length < addresses.length) {
        callback(new WebSourceError('The source of the image has an address that is not allowed.'), []);
      } else if (options.all === true) callback(null, passing);
      else callback(null, first.address, first.family);
    });
  };
}
