import { setTimeout as sleep } from 'node:timers/promises';
import { faultPlan } from '#libs/simulation';
import type { GuestDescription, VirtDriver } from '../drivers/virt-driver.js';

/** The guest or host of an operation, if it has one. */
export interface DriverSubject {
  readonly server?: readonly string[];
  readonly host?: string | undefined;
}

/** Waits or throws, as a rule for the driver says. */
export async function meetDriverFault(
  operation: string,
  { server, host }: DriverSubject,
  signal?: AbortSignal,
): Promise<void> {
  if (!faultPlan.has('driver')) return;
  const fault = faultPlan.decide('driver', { operation, server, host });
  if (fault === undefined) return;
  faultPlan.meet(fault);
  const { delay, fail } = fault.rule;
  if (delay !== undefined) await sleep(delay * 1000, undefined, signal === undefined ? {} : { signal });
  if (fail === undefined || fail === false) return;
  throw new Error(typeof fail === 'string' ? fail : `This fault was asked for by the rule ${fault.id}.`);
}

/** Methods that are not operations on a guest or a host. */
const NOT_ASKED: ReadonlySet<string> = new Set(['resources', 'powerState']);

/**
 * Wraps a driver so that rules apply to its calls; every method that changes something is an operation of the same
 * name.
 */
export function withDriverFaults(driver: VirtDriver): VirtDriver {
  return new Proxy(driver, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function' || typeof property !== 'string') return value;
      const run = (args: readonly unknown[]): unknown => Reflect.apply(value, target, args) as unknown;
      if (NOT_ASKED.has(property)) return (...args: readonly unknown[]) => run(args);
      return async (...args: readonly unknown[]) => {
        await meetDriverFault(operationName(property), subjectOf(args[0]), signalOf(args.at(-1)));
        return run(args);
      };
    },
  });
}

function operationName(method: string): string {
  if (method === 'isUp') return 'report';
  return method.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function subjectOf(first: unknown): DriverSubject {
  if (typeof first === 'string') return { host: first };
  if (typeof first !== 'object' || first === null) return {};
  const { displayName, id, host } = first as Partial<GuestDescription>;
  return { server: [displayName, id].flatMap((one) => one ?? []), host };
}

function signalOf(last: unknown): AbortSignal | undefined {
  const signal: unknown = typeof last === 'object' && last !== null && 'signal' in last ? last.signal : undefined;
  return signal instanceof AbortSignal ? signal : undefined;
}
