import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '#testing/api-client';
import type { OpenApiJudge } from '#testing/openapi-judge';
import type { ApiPorts } from '#testing/stack';
import { shapeDifferences } from './shape.js';
import type { ShapeDifference } from './shape.js';

/** Names of what stands in a request's path and body: `server` → its id. */
export type World = Map<string, string>;

export type Body = Record<string, unknown>;

/** How the samples of one API are played. */
export interface SampleApi {
  readonly api: keyof ApiPorts;
  /** Before each path, as `/v2.1`. */
  readonly prefix: string;
  /** Folder of a row's folder below the samples. */
  folder(name: string): string;
  /**
   * A line a request, below a line with its folder:
   * `ANSWER METHOD PATH [< REQUEST] [> NAME=PATH …] [@ SETUP …]`. ANSWER and REQUEST are names of files without
   * `.json`, `-` is none; `{name}` in a path is of the world; NAME=PATH keeps a value of the answer; SETUP runs before.
   */
  readonly table: string;
  /** Objects whose keys are data. */
  readonly data: ReadonlySet<string>;
  /** Says where an answer is not what the API's OpenAPI document says. */
  readonly judge?: OpenApiJudge;
  /** A path as the document has it, where the API takes others, too. */
  documented?(path: string): string;
  /** The header of a microversion. */
  version?(version: string): Readonly<Record<string, string>>;
  /** More headers of a method's requests. */
  headers?(method: string): Readonly<Record<string, string>>;
  /** Makes what the table's requests refer to. */
  prepare(player: Player): Promise<void>;
  readonly setups: Readonly<Record<string, (player: Player) => Promise<void>>>;
  /** A sample's body with what is here in place of what it refers to. */
  adapt(body: Body, player: Player, request: string): Body;
}

export interface Finding {
  /** As in `nova/flavors/v2.55/flavor-get-resp`. */
  readonly sample: string;
  readonly differences: readonly string[];
}

interface Row {
  readonly folder: string;
  readonly answer: string;
  readonly method: string;
  readonly path: string;
  readonly request: string | undefined;
  readonly keep: readonly (readonly [string, string])[];
  readonly setups: readonly string[];
}

/** @throws Error that names the line */
export function rowsOf(table: string): Row[] {
  const rows: Row[] = [];
  let folder = '';
  for (const line of table.split('\n')) {
    if (line.trim() === '') continue;
    if (!line.startsWith('  ')) {
      folder = line.trim();
      continue;
    }
    const parts = /^ +(\S+) +(GET|HEAD|POST|PUT|PATCH|DELETE) +(\S*)(?: +< (\S+))?(?: +> ([^@]+?))?(?: +@ (.+))?$/.exec(
      line,
    );
    if (parts === null) throw new Error(`a line of the table cannot be read: ${line}`);
    const [, answer = '', method = '', path = '', request, keep, setups] = parts;
    const kept = (keep?.split(' ') ?? []).map((pair) => pair.split('=') as [string, string]);
    rows.push({ folder, answer, method, path, request, keep: kept, setups: setups?.split(' ') ?? [] });
  }
  return rows;
}

const byVersion = (one: string, other: string): number => Number(one.slice(3)) - Number(other.slice(3));

/** Plays the samples of one API one after another, in the order of its table. */
export class Player {
  readonly world: World = new Map();
  /** The microversion of the row that is being played. */
  version = '';
  /** A token of a member of the administrator's project. */
  member: string | undefined;
  #serial = 0;

  constructor(
    readonly samples: string,
    readonly client: ApiClient,
    readonly of: SampleApi,
  ) {}

  /** A name that nothing else has. */
  unique(name: string): string {
    this.#serial += 1;
    return `${name}-${this.#serial}`;
  }

  /** @throws Error for a name that the world does not have */
  name(name: string): string {
    const value = this.world.get(name);
    if (value === undefined) throw new Error(`there is no "${name}"`);
    return value;
  }

  /** Paths of all samples below the API's rows, as in `flavors/v2.55/flavor-get-resp`. */
  async play(onlyNewest = false): Promise<{ findings: Finding[]; played: Set<string> }> {
    await this.of.prepare(this);
    const findings: Finding[] = [];
    const played = new Set<string>();
    for (const row of rowsOf(this.of.table)) {
      for (const version of onlyNewest ? this.#versions(row).slice(-1) : this.#versions(row)) {
        this.version = version === '' ? (this.of.version === undefined ? '' : 'v2.1') : version;
        const at = [row.folder, version].filter((part) => part !== '').join('/');
        if (row.answer !== '-') played.add(`${at}/${row.answer}`);
        if (row.request !== undefined) played.add(`${at}/${row.request}`);
        const differences = await this.#one(row, version).catch((error: unknown) => [String(error)]);
        if (differences.length > 0) {
          const file = row.answer === '-' ? (row.request ?? row.path) : row.answer;
          findings.push({ sample: `${at}/${file}`, differences: differences.map(steadyText) });
        }
      }
    }
    return { findings, played };
  }

  #versions(row: Row): string[] {
    const folder = join(this.samples, this.of.folder(row.folder));
    const has = (version: string): boolean =>
      [row.answer, row.request].some((name) => name !== undefined && existsSync(join(folder, version, `${name}.json`)));
    const versions = readdirSync(folder).filter((name) => /^v2\.\d+$/.test(name) && has(name));
    const all = [...(has('') ? [''] : []), ...versions.toSorted(byVersion)];
    return all.length > 0 ? all : [''];
  }

  /** The newest form of a file that a version has. */
  #read(row: Row, name: string, version: string): unknown {
    const folder = join(this.samples, this.of.folder(row.folder));
    const older = readdirSync(folder)
      .filter((entry) => /^v2\.\d+$/.test(entry) && version !== '' && byVersion(entry, version) <= 0)
      .toSorted(byVersion);
    for (const entry of [...older.toReversed(), '']) {
      const file = join(folder, entry, `${name}.json`);
      if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as unknown;
    }
    throw new Error(`no sample ${row.folder}/${name} for "${version}"`);
  }

  async #one(row: Row, version: string): Promise<string[]> {
    for (const setup of row.setups) {
      const run = this.of.setups[setup];
      if (run === undefined) throw new Error(`there is no set-up "${setup}"`);
      await run(this);
    }
    const path = row.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = this.name(name);
      return value.startsWith('/') ? value : encodeURIComponent(value);
    });
    const body =
      row.request === undefined
        ? undefined
        : this.of.adapt(this.#read(row, row.request, version) as Body, this, row.request);
    const answer = await this.send(row.method, path, body);
    if (answer.status >= 400) return [`${row.method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`];
    const fault = this.of.judge?.fault({
      method: row.method,
      path: this.of.documented?.(path.replace(/\?.*/, '')) ?? path.replace(/\?.*/, ''),
      status: answer.status,
      body: answer.text === '' ? undefined : answer.json,
      request: body,
      ...(this.of.version === undefined ? {} : { version: Number(this.version.slice('v2.'.length)) }),
    });
    if (fault !== undefined) return [`not what the OpenAPI document says: ${fault}`];
    for (const [name, from] of row.keep) this.world.set(name, valueAt(answer.json, from));
    if (row.answer === '-') return [];
    const sample = this.#read(row, row.answer, version);
    const differences = shapeDifferences(sample, answer.json, this.of.data);
    if (row.method !== 'GET' || differences.length === 0 || this.member === undefined) return lines(differences);
    // Some samples were taken as a member: their answers have no keys for administrators.
    const seen = await this.send(row.method, path, undefined, this.version, this.member);
    if (seen.status >= 400) return lines(differences);
    return lines(shapeDifferences(sample, seen.json, this.of.data).length === 0 ? [] : differences);
  }

  /** A request at the version of the row. */
  send(
    method: string,
    path: string,
    body?: unknown,
    version = this.version,
    token = this.client.token,
  ): ReturnType<ApiClient['request']> {
    const headers = { ...this.of.version?.(version), ...this.of.headers?.(method) };
    const prefix = path === '/' && this.of.prefix === '' ? '' : this.of.prefix;
    return this.client.request(this.of.api, method, `${prefix}${path}`, {
      headers,
      token,
      ...(body === undefined ? {} : { body }),
    });
  }

  /** A request that must succeed, of a set-up; at a version of its own. @returns the value at `from` of the answer */
  async make(method: string, path: string, body: unknown, from = '', version = this.version): Promise<string> {
    const answer = await this.send(method, path, body, version);
    if (answer.status >= 400)
      throw new Error(`set-up: ${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return from === '' ? '' : valueAt(answer.json, from);
  }
}

/** Ids are others in each run. */
function steadyText(text: string): string {
  return (
    text
      .replaceAll(/[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/g, 'ID')
      // How much is used depends on how far the deletions before have come.
      .replaceAll(/(?<=used and reserved )\d+/g, 'N')
  );
}

const lines = (differences: readonly ShapeDifference[]): string[] =>
  // A page that is whole has no link to a next one.
  differences
    .filter(({ at, what }) => !(at.endsWith('links') && what === 'missing'))
    .map(({ at, what }) => `${at}: ${what}`);

/** @throws Error when there is nothing at the path `a.0.b` */
export function valueAt(body: unknown, path: string): string {
  let value = body;
  for (const part of path.split('.')) value = (value as Body | undefined)?.[part];
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`nothing at ${path} of the answer`);
  return String(value);
}

/** Every object's key and value below a body, changed by `change`; undefined leaves the value, `null` stays. */
export function rewritten(
  body: unknown,
  change: (key: string, value: unknown, path: string) => unknown,
  path = '',
): unknown {
  if (Array.isArray(body)) return body.map((item) => rewritten(item, change, path));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body)
      .map(([key, value]): [string, unknown] => {
        const at = path === '' ? key : `${path}.${key}`;
        const changed = change(key, value, at);
        return [key, changed === undefined ? rewritten(value, change, at) : changed];
      })
      .filter(([, value]) => value !== LEFT_OUT),
  );
}

/** In place of a value: the key goes. */
export const LEFT_OUT = Symbol('left out');
