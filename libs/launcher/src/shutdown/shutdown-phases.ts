import type { Half } from '../service.js';

/**
 * The shutdown as a state machine without side effects: `advance` takes the state and an event, and returns the next
 * state and the effects to run. All times are ms of one monotonic clock.
 */
export type ShutdownPhase = 'running' | 'unready' | 'draining-api' | 'draining-rpc' | 'exited';

export interface ShutdownPlan {
  /** How long connections are still accepted after readiness is off. */
  readonly drainDelayMs: number;
  /** How long draining may take after that; 0 = no limit. */
  readonly timeoutMs: number;
  readonly exitCode: number;
  /** The exit code when draining took too long and was aborted. */
  readonly exitCodeWhenCut: number;
}

export interface ShutdownState {
  readonly phase: ShutdownPhase;
  readonly plan?: ShutdownPlan;
  /** When the current phase ends at the latest; undefined = never. */
  readonly untilMs?: number | undefined;
  /** When all remaining work is aborted; undefined = never. */
  readonly cutMs?: number | undefined;
}

export type ShutdownEvent =
  | { readonly type: 'terminate'; readonly atMs: number; readonly plan: ShutdownPlan }
  | { readonly type: 'time'; readonly atMs: number }
  /** How many workers remain in each half. */
  | { readonly type: 'workers'; readonly atMs: number; readonly left: Readonly<Record<Half, number>> }
  | { readonly type: 'cut'; readonly exitCode: number };

export type ShutdownEffect =
  | { readonly do: 'mark-unready' }
  /** Responses tell clients to use another connection, while new ones are still accepted. */
  | { readonly do: 'close-after-answers' }
  | { readonly do: 'wake'; readonly atMs: number }
  | { readonly do: 'stop-accepting' }
  | { readonly do: 'stop-workers'; readonly half: Half; readonly untilMs: number | undefined }
  | { readonly do: 'kill-workers'; readonly why: 'timeout' | 'signal' }
  | { readonly do: 'exit'; readonly code: number };

export interface ShutdownStep {
  readonly state: ShutdownState;
  readonly effects: readonly ShutdownEffect[];
}

export const running: ShutdownState = { phase: 'running' };

const exited: ShutdownState = { phase: 'exited' };

function cut(code: number, why: 'timeout' | 'signal'): ShutdownStep {
  return {
    state: exited,
    effects: [
      { do: 'kill-workers', why },
      { do: 'exit', code },
    ],
  };
}

/** The share of the timeout that the API half may use before the RPC half is told to stop as well. */
const apiShare = 0.75;

function beginDraining(plan: ShutdownPlan, atMs: number): ShutdownStep {
  const isBounded = plan.timeoutMs > 0;
  const cutMs = isBounded ? atMs + plan.timeoutMs : undefined;
  const untilMs = isBounded ? atMs + plan.timeoutMs * apiShare : undefined;
  return {
    state: { phase: 'draining-api', plan, untilMs, cutMs },
    effects: [
      { do: 'stop-accepting' },
      { do: 'stop-workers', half: 'api', untilMs: cutMs },
      ...(untilMs === undefined ? [] : [{ do: 'wake', atMs: untilMs } as const]),
    ],
  };
}

function beginDrainingRpc(state: ShutdownState): ShutdownStep {
  const { cutMs } = state;
  return {
    state: { ...state, phase: 'draining-rpc', untilMs: cutMs },
    effects: [
      { do: 'stop-workers', half: 'rpc', untilMs: cutMs },
      ...(cutMs === undefined ? [] : [{ do: 'wake', atMs: cutMs } as const]),
    ],
  };
}

function terminate(state: ShutdownState, plan: ShutdownPlan, atMs: number): ShutdownStep {
  if (state.phase !== 'running') return cut(1, 'signal');
  if (plan.drainDelayMs <= 0) {
    const step = beginDraining(plan, atMs);
    return { state: step.state, effects: [{ do: 'mark-unready' }, ...step.effects] };
  }
  const untilMs = atMs + plan.drainDelayMs;
  return {
    state: { phase: 'unready', plan, untilMs },
    effects: [{ do: 'mark-unready' }, { do: 'close-after-answers' }, { do: 'wake', atMs: untilMs }],
  };
}

function timePassed(state: ShutdownState, atMs: number): ShutdownStep {
  const { plan, untilMs } = state;
  if (plan === undefined || untilMs === undefined || atMs < untilMs) return { state, effects: [] };
  if (state.phase === 'unready') return beginDraining(plan, atMs);
  if (state.cutMs !== undefined && atMs >= state.cutMs) return cut(plan.exitCodeWhenCut, 'timeout');
  return beginDrainingRpc(state);
}

function workersLeft(state: ShutdownState, left: Readonly<Record<Half, number>>): ShutdownStep {
  const effects: ShutdownEffect[] = [];
  let next = state;
  if (next.phase === 'draining-api' && left.api === 0) {
    const step = beginDrainingRpc(next);
    next = step.state;
    effects.push(...step.effects);
  }
  if (next.phase === 'draining-rpc' && left.api === 0 && left.rpc === 0) {
    effects.push({ do: 'exit', code: next.plan?.exitCode ?? 0 });
    next = exited;
  }
  return { state: next, effects };
}

export function advance(state: ShutdownState, event: ShutdownEvent): ShutdownStep {
  if (state.phase === 'exited') return { state, effects: [] };
  switch (event.type) {
    case 'terminate':
      return terminate(state, event.plan, event.atMs);
    case 'time':
      return timePassed(state, event.atMs);
    case 'workers':
      return workersLeft(state, event.left);
    default:
      return cut(event.exitCode, 'signal');
  }
}
