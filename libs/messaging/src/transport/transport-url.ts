import { MessagingError } from '../errors.js';

export interface RabbitHost {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export type TransportUrl =
  | { readonly driver: 'memory'; readonly name: string }
  | {
      readonly driver: 'rabbit';
      readonly hosts: readonly RabbitHost[];
      readonly virtualHost: string;
      /** Options of `[oslo_messaging_rabbit]`, as written. */
      readonly query: string;
    };

/** Splits a text at its first question mark. */
export function splitQuery(text: string): { readonly before: string; readonly query: string } {
  const at = text.indexOf('?');
  return at < 0 ? { before: text, query: '' } : { before: text.slice(0, at), query: text.slice(at + 1) };
}

function fault(text: string): MessagingError {
  return new MessagingError(
    'InvalidTransportUrl',
    `transport_url: ${text}; expected rabbit://user:password@host:5672/vhost or memory://`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new MessagingError('InvalidTransportUrl', 'transport_url: a percent escape cannot be decoded', { cause });
  }
}

/**
 * Reads oslo's form: several hosts with credentials each, virtual host = everything after the first "/".
 * Throws InvalidTransportUrl; the text never shows the password.
 */
export function parseTransportUrl(text: string): TransportUrl {
  const { before, query } = splitQuery(text);
  const match = /^([a-z+]+):\/\/([^/]*)(?:\/(.*))?$/.exec(before);
  if (match === null) throw fault('is not a URL');
  const [, scheme, authority = '', path = ''] = match;
  if (scheme === 'memory' || scheme === 'fake') return { driver: 'memory', name: authority };
  if (scheme !== 'rabbit' && scheme !== 'kombu' && scheme !== 'amqp') throw fault(`unknown driver "${scheme}"`);
  const hosts = (authority === '' ? ['localhost'] : authority.split(',')).map(parseHost);
  return { driver: 'rabbit', hosts, virtualHost: path === '' ? '/' : decode(path), query };
}

function parseHost(text: string): RabbitHost {
  const at = text.lastIndexOf('@');
  const credentials = at < 0 ? '' : text.slice(0, at);
  const match = /^(\[[0-9a-fA-F:.%]+\]|[^:]+)(?::(\d+))?$/.exec(text.slice(at + 1));
  if (match === null) throw fault(`host "${text.slice(at + 1)}" is not host or host:port`);
  const port = match[2] === undefined ? 5672 : Number(match[2]);
  if (port < 1 || port > 65535) throw fault(`port ${port} is not within 1 to 65535`);
  const colon = credentials.indexOf(':');
  const username = colon < 0 ? credentials : credentials.slice(0, colon);
  const password = colon < 0 ? '' : credentials.slice(colon + 1);
  return {
    hostname: (match[1] ?? '').replace(/^\[|\]$/g, ''),
    port,
    username: credentials === '' ? 'guest' : decode(username),
    password: credentials === '' ? 'guest' : decode(password),
  };
}
