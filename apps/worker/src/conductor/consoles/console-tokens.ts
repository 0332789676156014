import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ConsoleAccessData, ConsoleProtocol, ConsoleType } from '#libs/contracts';
import { ExpectedError } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { createContext } from '#libs/telemetry';
import type { InstanceCasts } from '../../instances/instance-casts.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';

/**
 * The URL of a console with its token, as nova builds it: noVNC takes the token inside its parameter `path`, behind the
 * path of the base URL if it has one.
 */
export function accessUrl(base: string, type: ConsoleType, token: string): string {
  if (type !== 'novnc') return `${base}?token=${token}`;
  const url = new URL(base);
  url.searchParams.set('path', `${url.searchParams.get('path') ?? ''}?token=${token}`);
  return url.href;
}

/** The console that a caller requests. */
interface WantedConsole {
  readonly protocol: ConsoleProtocol;
  readonly type: ConsoleType;
}

interface FoundToken {
  readonly instance_id: string;
  readonly protocol: ConsoleProtocol;
  readonly console_type: ConsoleType;
  readonly host: string;
  readonly port: number;
  readonly tls_port: number | null;
  readonly socket_path: string | null;
  readonly access_url_base: string;
  /** The server's current host. */
  readonly server_host: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly expires_in: string;
}

/**
 * Tokens that open a console (nova.objects.console_auth_token). Only the hash of a token is stored. A token is valid
 * until it expires or its server is deleted, and it stays valid when the server moves: the server's current host is
 * asked for the address on every use.
 */
export class ConsoleTokens {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly casts: InstanceCasts,
    /** `[consoleauth] token_ttl`, in seconds. */
    private readonly ttl: () => number,
  ) {}

  /** The URL of a console, with a new token. Errors: those of the host's `get_console`. */
  async open(context: RequestContext, row: InstanceRow, { protocol, type }: WantedConsole): Promise<string> {
    const wanted = { instance_uuid: row.id, protocol, console_type: type };
    const place = await this.casts.console(context, row.host ?? '', wanted);
    const token = randomUUID();
    const { host, port, tls_port, socket_path, access_url_base } = place;
    await this.store.write((db) =>
      db
        .insertInto('console_tokens')
        .values({
          token_hash: hashOf(token),
          instance_id: row.id,
          protocol,
          console_type: type,
          host,
          port,
          tls_port,
          socket_path,
          access_url_base,
          expires_at: sql<string>`business_clock() + ${this.ttl()} * interval '1 second'`,
        })
        .execute(),
    );
    return accessUrl(access_url_base, type, token);
  }

  /** The data of a token as they were when it was created. Errors: PolicyNotAuthorized, ConsoleTokenNotFound. */
  async get(context: RequestContext, token: string): Promise<ConsoleAccessData> {
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-console-auth-tokens', {});
    return accessOf(await this.#find(token));
  }

  /** The current address of the console of a token. Errors: ConsoleTokenNotFound, those of the host's `get_console`. */
  async connect(token: string): Promise<ConsoleAccessData> {
    const found = await this.#find(token);
    const { instance_id: id, protocol, console_type: type, user_id, project_id } = found;
    const wanted = { instance_uuid: id, protocol, console_type: type };
    const place = await this.casts.console(createContext({ user_id, project_id }), found.server_host, wanted);
    return { ...accessOf(found), ...place, access_url_base: found.access_url_base };
  }

  /** Deletes tokens that have expired or whose server is deleted. */
  async sweep(): Promise<void> {
    await sql`
      delete from console_tokens t using instances i
      where i.id = t.instance_id and (i.deleted or t.expires_at <= business_clock())`.execute(this.store.db);
  }

  async #find(token: string): Promise<FoundToken> {
    const { rows } = await sql<FoundToken>`
      select t.*, i.host as server_host, i.project_id, i.user_id,
        extract(epoch from t.expires_at - business_clock()) * 1000 as expires_in
      from console_tokens t join instances i on i.id = t.instance_id
      where t.token_hash = ${hashOf(token)} and t.expires_at > business_clock()
        and not i.deleted and i.host is not null`.execute(this.store.db);
    const [found] = rows;
    if (found === undefined) throw new ExpectedError('ConsoleTokenNotFound', 'Token not found');
    return found;
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

function accessOf(found: FoundToken): ConsoleAccessData {
  const { host, port, tls_port, socket_path, access_url_base, console_type } = found;
  return {
    instance_uuid: found.instance_id,
    console_type,
    host,
    port,
    tls_port,
    socket_path,
    access_url_base,
    expires_in: Math.max(0, Math.floor(Number(found.expires_in))),
  };
}
