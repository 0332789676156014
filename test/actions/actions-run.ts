import { ExpectedError, ServerPage } from '#libs/contracts';
import type { ServerActionName } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import {
  adminContext,
  memberContext,
  serverArgs,
  startMemoryWorker,
} from '../../apps/worker/src/testing/memory-worker.js';
import type { MemoryWorker } from '../../apps/worker/src/testing/memory-worker.js';
import { insertNetwork, insertSubnet } from '../../apps/worker/src/testing/network-rows.js';
import { Random } from '../fuzz/random.js';
import { untilGone, untilAtRest, whatIsLeft, wrongWith } from './durable-rest.js';
import { NOVA_TABLE, isAllowed, outcomesOf } from './nova-table.js';
import type { ModelRequest, ModelState } from './nova-table.js';

/** Requests to one server before it is deleted. */
const ROUNDS = 15;
/** Servers that are worked on at once. */
const CLIENTS = 4;

const ACTIONS = Object.keys(NOVA_TABLE) as ModelRequest['action'][];
/** Ends of a server, or an administrator's trick: seldom, so that the others are seen. */
const SELDOM = new Set<ModelRequest['action']>(['delete', 'force_delete', 'reset_state', 'lock']);
const ALONE = new Set<ModelRequest['action']>(['reset_state']);
/** What a request may be told that comes at the same time as others. */
const RACE_LOST = new Set([
  'InstanceInvalidState',
  'Conflict',
  'InstanceNotFound',
  'FlavorInvalid',
  'InvalidInput',
  'PortNotFound',
  // Of a lock that is an administrator's.
  'PolicyNotAuthorized',
]);

export interface ActionsResult {
  readonly requests: number;
  readonly refused: number;
  readonly faults: readonly string[];
}

/** Random actions of several clients on servers of a few hosts, judged by nova's table. */
export class ActionsRun {
  readonly #worker: MemoryWorker;
  readonly #owner: RequestContext;
  readonly #admin: RequestContext;
  readonly #network: string;
  readonly #image: string;
  readonly #faults: string[] = [];
  #requests = 0;
  #refused = 0;

  private constructor(worker: MemoryWorker, owner: RequestContext, network: string, image: string) {
    this.#worker = worker;
    this.#owner = owner;
    this.#admin = adminContext();
    this.#network = network;
    this.#image = image;
  }

  static async start(): Promise<ActionsRun> {
    const none = ['INSTANCES', 'CORES', 'RAM'].map((name) => [`OS_QUOTA__${name}`, '-1']);
    const delays = ['SPAWN', 'POWER_ON', 'POWER_OFF', 'REBOOT', 'LIVE_MIGRATION', 'DESTROY'];
    const worker = await startMemoryWorker({
      ...Object.fromEntries(none),
      ...Object.fromEntries(delays.map((name) => [`OS_FAKE__${name}_DELAY`, '0'])),
      OS_QUOTAS__QUOTA_PORT: '-1',
      OS_FAKE__HOSTS: '3',
      OS_FAKE__VCPUS: '1000',
      OS_FAKE__MEMORY_MB: '1000000',
      OS_FAKE__LOCAL_GB: '100000',
      OS_DEFAULT__RECLAIM_INSTANCE_INTERVAL: '3600',
      OS_DEFAULT__SHELVED_OFFLOAD_TIME: '-1',
    });
    const owner = memberContext();
    const { db } = worker.shared.store;
    const network = await insertNetwork(db, { name: 'actions', project_id: owner.project_id ?? '' });
    await insertSubnet(db, network, '10.20.0.0/16');
    const image = await db.selectFrom('images').select('id').where('name', '=', 'cirros').executeTakeFirstOrThrow();
    return new ActionsRun(worker, owner, network, image.id);
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /** Works on so many servers; the same seed sends the same requests, in the order that the answers permit. */
  async run(seed: number, servers: number): Promise<ActionsResult> {
    const waiting = Array.from({ length: servers }, (_, index) => index);
    const client = async (): Promise<void> => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        await this.#workOn(new Random(seed * 1_000 + index), `${seed}.${index}`);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const left = await whatIsLeft(this.#worker);
    if (left !== '') this.#faults.push(`left over: ${left}`);
    return { requests: this.#requests, refused: this.#refused, faults: this.#faults };
  }

  async #workOn(random: Random, name: string): Promise<void> {
    const args = serverArgs({
      name,
      image_ref: this.#image,
      network_mode: 'list',
      networks: [{ uuid: this.#network }],
    });
    const page = ServerPage.unwrap(await this.#worker.conductor.call(this.#owner, 'server_create', args));
    const id = page.objects[0]?.id ?? '';
    // One in four is deleted before it is built, or while it is.
    if (random.below(4) > 0) {
      await untilAtRest(this.#worker, id);
      const log: string[] = [];
      let state: ModelState | undefined = { vm: 'active', lockedBy: null, flavor: '1', old: null };
      for (let round = 0; round < ROUNDS && state !== undefined && state.vm !== 'deleted'; round += 1) {
        state = await this.#round(random, id, state, log);
      }
    }
    await this.#send(id, { action: 'force_delete', body: {}, isAdmin: true });
    await untilGone(this.#worker, id);
  }

  /** A few requests at once. Answers the state then; undefined where it cannot be told any more. */
  async #round(random: Random, id: string, state: ModelState, log: string[]): Promise<ModelState | undefined> {
    const count = [1, 1, 1, 2, 2, 3][random.below(6)] ?? 1;
    const requests: ModelRequest[] = [];
    while (requests.length < count) {
      const request = await this.#request(random, id, state);
      if (request !== undefined && (count === 1 || !ALONE.has(request.action))) requests.push(request);
    }
    const answers = await Promise.all(requests.map((request) => this.#send(id, request)));
    const told = requests.map(({ action, body, isAdmin }, index) => {
      return `${isAdmin ? 'admin ' : ''}${action} ${JSON.stringify(body)}: ${answers[index] ?? 'done'}`;
    });
    log.push(`${state.vm}${state.lockedBy === null ? '' : `, locked by ${state.lockedBy}`}: ${told.join('; ')}`);
    const wrong = (text: string): undefined => {
      this.#faults.push(`server ${id}: ${text}\n  ${log.join('\n  ')}`);
      return undefined;
    };
    const done = requests.filter((_, index) => answers[index] === undefined);
    for (const [index, request] of requests.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (done.length === 0 && isAllowed(state, request)) return wrong(`refused ${request.action}, which nova permits`);
      if (!RACE_LOST.has(answer)) return wrong(`${request.action} was answered ${answer}`);
    }
    const ends = outcomesOf(state, done);
    if (ends.length === 0) return wrong(`no order permits ${done.map(({ action }) => action).join(', ')}`);
    const rest = await untilAtRest(this.#worker, id).catch((error: unknown) => String(error));
    if (typeof rest === 'string') return wrong(rest);
    log.push(`  then ${rest.vm}`);
    const found = ends.find(
      (end) => end.vm === rest.vm && end.lockedBy === rest.lockedBy && flavorsOf(end, done).includes(rest.flavor),
    );
    if (found === undefined && rest.vm !== 'deleted') {
      return wrong(`ended ${JSON.stringify(rest)}; nova's table has ${JSON.stringify(ends)}`);
    }
    if (rest.vm === 'deleted') return ends.some(({ vm }) => vm === 'deleted') ? undefined : wrong('is gone');
    const fault = await wrongWith(this.#worker, id, rest.vm);
    if (fault !== undefined || found === undefined) return wrong(fault ?? 'has no state of the table');
    return { ...found, flavor: rest.flavor };
  }

  async #request(random: Random, id: string, state: ModelState): Promise<ModelRequest | undefined> {
    let action = random.pick(ACTIONS);
    if (SELDOM.has(action) && random.below(4) > 0) action = random.pick(ACTIONS);
    // Half of the others are taken from what is permitted, or most requests would be refused.
    const permitted = ACTIONS.filter(
      (name) => !SELDOM.has(name) && isAllowed(state, { action: name, body: { type: 'HARD' }, isAdmin: true }),
    );
    if (!SELDOM.has(action) && random.below(2) === 0 && permitted.length > 0) action = random.pick(permitted);
    const isAdmin = NOVA_TABLE[action]?.adminOnly === true || random.below(4) === 0;
    if (action === 'reset_state' && !['active', 'stopped', 'paused', 'suspended', 'error'].includes(state.vm))
      return undefined;
    const body = await this.#body(random, id, state, action);
    return body === undefined ? undefined : { action, body, isAdmin };
  }

  async #body(
    random: Random,
    id: string,
    state: ModelState,
    action: ModelRequest['action'],
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    switch (action) {
      case 'reboot':
        return { type: random.pick(['SOFT', 'HARD']) };
      case 'rebuild':
        return { imageRef: this.#image };
      case 'resize':
        return { flavorRef: state.flavor === '1' ? '2' : '1' };
      case 'migrate_live':
        return { host: null, block_migration: 'auto' };
      case 'create_image':
        return { name: 'actions' };
      case 'create_backup':
        return { name: 'actions', backup_type: 'daily', rotation: random.below(3) };
      case 'change_password':
        return { adminPass: 'a-password' };
      case 'attach_interface':
        return { net_id: this.#network };
      case 'reset_state':
        return { state: state.vm === 'error' ? 'active' : 'error' };
      case 'detach_interface': {
        const { db } = this.#worker.shared.store;
        const ports = await db.selectFrom('ports').select('id').where('device_id', '=', id).orderBy('id').execute();
        return ports.length > 1 ? { port_id: random.pick(ports).id } : undefined;
      }
      default:
        return {};
    }
  }

  /** The error's code, or undefined when it was let through. */
  async #send(id: string, { action, body, isAdmin }: ModelRequest): Promise<string | undefined> {
    const context = isAdmin ? this.#admin : this.#owner;
    this.#requests += 1;
    try {
      if (action === 'delete') await this.#worker.conductor.call(context, 'server_delete', { id });
      else await this.#act(context, id, action, body);
      return undefined;
    } catch (error) {
      this.#refused += 1;
      return error instanceof ExpectedError ? error.code : String(error);
    }
  }

  async #act(context: RequestContext, id: string, action: ServerActionName, body: object): Promise<void> {
    await this.#worker.conductor.call(context, 'server_act', { id, action, microversion: 60, body });
  }
}

/**
 * A resize or revert that a delete comes over ends either way: nova's `_confirm_resize_on_deleting` looks for migrations
 * that are finished or confirming only, and the host that is at work finds `deleting` or `soft-deleting` where it
 * expects its own task. The server keeps the flavor of the side that it is on; what it holds must agree with it.
 */
function flavorsOf(end: ModelState, done: readonly ModelRequest[]): readonly string[] {
  const actions = done.map(({ action }) => action);
  const isOver = actions.includes('delete') && actions.some((name) => name === 'resize' || name === 'revert_resize');
  return isOver ? ['1', '2'] : [end.flavor];
}
