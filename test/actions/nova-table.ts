import type { ServerActionName, VmState } from '#libs/contracts';

/** What of a server decides which actions it takes, and what comes of them. */
export interface ModelState {
  readonly vm: VmState;
  /** Who locked it: only administrators open a lock that is not the owner's. */
  readonly lockedBy: 'owner' | 'admin' | null;
  /** Of the flavor that it has. */
  readonly flavor: string;
  /** While it is RESIZED: what a revert goes back to. */
  readonly old: { readonly vm: VmState; readonly flavor: string } | null;
}

/** A request to a server. `delete` is the method of the same name; all others are actions. */
export interface ModelRequest {
  readonly action: ServerActionName | 'delete';
  readonly body: Readonly<Record<string, unknown>>;
  readonly isAdmin: boolean;
}

interface ModelAction {
  /** The states that nova's `check_instance_state` of the method names. @default every one */
  readonly from?: readonly VmState[];
  /** Without nova's `check_instance_lock`. */
  readonly evenLocked?: true;
  readonly adminOnly?: true;
  readonly to: (state: ModelState, request: ModelRequest) => ModelState;
}

const into =
  (vm: VmState) =>
  (state: ModelState): ModelState => ({ ...state, vm });
const same = (state: ModelState): ModelState => state;

/** Where a resized server was before; a revert takes it there, a confirm leaves its power as it is. */
const moved = (state: ModelState, flavor: string): ModelState => ({
  ...state,
  vm: 'resized',
  flavor,
  old: { vm: state.vm, flavor: state.flavor },
});

const AWAKE = ['active', 'stopped', 'paused', 'suspended'] as const;

/** As nova/compute/api.py has it, method by method, and what nova/compute/manager.py makes of the server. */
export const NOVA_TABLE: Readonly<Partial<Record<ModelRequest['action'], ModelAction>>> = {
  start: { from: ['stopped'], to: into('active') },
  stop: { from: ['active', 'error'], to: into('stopped') },
  reboot: { from: [...AWAKE, 'error'], to: into('active') },
  pause: { from: ['active'], to: into('paused') },
  unpause: { from: ['paused'], to: into('active') },
  suspend: { from: ['active'], to: into('suspended') },
  resume: { from: ['suspended'], to: into('active') },
  rescue: { from: ['active', 'stopped', 'error'], to: into('rescued') },
  unrescue: { from: ['rescued'], to: into('active') },
  rebuild: {
    from: ['active', 'stopped', 'error'],
    to: (state) => ({ ...state, vm: state.vm === 'stopped' ? 'stopped' : 'active' }),
  },
  resize: { from: ['active', 'stopped'], to: (state, { body }) => moved(state, String(body['flavorRef'])) },
  migrate: { from: ['active', 'stopped'], adminOnly: true, to: (state) => moved(state, state.flavor) },
  confirm_resize: {
    from: ['resized'],
    to: (state) => ({ ...state, vm: state.old?.vm === 'stopped' ? 'stopped' : 'active', old: null }),
  },
  revert_resize: { from: ['resized'], to: (state) => ({ ...state, ...state.old, old: null }) },
  migrate_live: { from: ['active', 'paused'], adminOnly: true, to: same },
  shelve: { from: AWAKE, to: into('shelved') },
  shelve_offload: { from: ['shelved'], adminOnly: true, to: into('shelved_offloaded') },
  unshelve: { from: ['shelved', 'shelved_offloaded'], to: into('active') },
  create_image: { from: AWAKE, evenLocked: true, to: same },
  create_backup: { from: AWAKE, evenLocked: true, to: same },
  change_password: { from: ['active'], to: same },
  trigger_crash_dump: { from: ['active', 'paused', 'rescued', 'resized', 'error'], to: same },
  attach_interface: { from: ['active', 'paused', 'stopped'], to: same },
  detach_interface: { from: ['active', 'paused', 'stopped'], to: same },
  lock: {
    evenLocked: true,
    to: (state, { isAdmin }) => ({ ...state, lockedBy: isAdmin ? 'admin' : (state.lockedBy ?? 'owner') }),
  },
  unlock: { evenLocked: true, to: (state) => ({ ...state, lockedBy: null }) },
  reset_state: {
    evenLocked: true,
    adminOnly: true,
    to: (state, { body }) => ({ ...state, vm: body['state'] === 'active' ? 'active' : 'error' }),
  },
  restore: { from: ['soft-delete'], to: into('active') },
  // Deletes are deferred: what is on a host is kept for a while, and a resize that waits is confirmed.
  delete: {
    to: (state) => ({
      ...state,
      vm: ['soft-delete', 'shelved_offloaded'].includes(state.vm) ? 'deleted' : 'soft-delete',
      old: null,
    }),
  },
  force_delete: { to: into('deleted') },
};

/** Whether the table lets a request through in a state at rest. */
export function isAllowed(state: ModelState, { action, body, isAdmin }: ModelRequest): boolean {
  const row = NOVA_TABLE[action];
  if (row === undefined || state.vm === 'deleted') return false;
  if (state.lockedBy !== null && !isAdmin && row.evenLocked !== true) return false;
  if (action === 'unlock' && state.lockedBy === 'admin' && !isAdmin) return false;
  if (row.adminOnly === true && !isAdmin) return false;
  const from = action === 'reboot' && body['type'] === 'SOFT' ? ['active'] : row.from;
  return from === undefined || from.includes(state.vm);
}

export function outcome(state: ModelState, request: ModelRequest): ModelState {
  const row = NOVA_TABLE[request.action];
  if (row === undefined) throw new TypeError(`the table does not know ${request.action}`);
  return row.to(state, request);
}

/** Every state that requests lead to when all of them are let through, one after the other, in some order. */
export function outcomesOf(state: ModelState, requests: readonly ModelRequest[], isEnding = false): ModelState[] {
  if (requests.length === 0) return [state];
  return requests.flatMap((request, index) => {
    const others = requests.toSpliced(index, 1);
    const isEnd = isDelete(request);
    // nova ignores the delete of a server that is being deleted, and lets through there what asks for no state: a lock.
    const { from, evenLocked } = NOVA_TABLE[request.action] ?? {};
    const isStateless = from === undefined && (evenLocked === true || isEnd);
    const isIgnored = isEnding && ((state.vm === 'deleted' && isStateless) || request.action === 'delete');
    // A delete that comes over the unshelve of an offloaded server finds it on no host.
    const isUndone = request.action === 'unshelve' && state.vm === 'shelved_offloaded' && others.some(isDelete);
    return [
      ...(isIgnored || (isUndone && isAllowed(state, request)) ? outcomesOf(state, others, isEnding) : []),
      ...(isAllowed(state, request) ? outcomesOf(outcome(state, request), others, isEnding || isEnd) : []),
    ];
  });
}

function isDelete({ action }: ModelRequest): boolean {
  return action === 'delete' || action === 'force_delete';
}
