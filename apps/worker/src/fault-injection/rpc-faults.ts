import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError, isExpectedErrorCode } from '#libs/contracts';
import type { InterceptedRequest, OutgoingMessage } from '#libs/messaging';
import { faultPlan, onlookers } from '#libs/simulation';
import { currentContext } from '#libs/telemetry';
import type { MessagePublisher } from '../store/index.js';

/** A failure whose details no client sees. */
export const UNEXPECTED = 'Unexpected';

/** Rules for RPC: runs around every handler. A dropped call is never answered, a dropped cast has no effect. */
export function meetRpcFault(request: InterceptedRequest, run: () => Promise<unknown>): Promise<unknown> {
  const requestId = request.isCast ? undefined : currentContext()?.request_id;
  return faultPlan.answering(typeof requestId === 'string' ? requestId : undefined, () => meet(request, run));
}

async function meet(request: InterceptedRequest, run: () => Promise<unknown>): Promise<unknown> {
  if (!faultPlan.has('rpc') || onlookers.has(currentContext()?.request_id)) return run();
  const { topic, method, isCast, deadlineAt } = request;
  const fault = faultPlan.decide('rpc', { topic, method }, ({ duplicate }) => duplicate !== true);
  if (fault === undefined) return run();
  faultPlan.meet(fault);
  const { rule, id } = fault;
  if (rule.delay !== undefined) await sleep(rule.delay * 1000);
  if (rule.drop === true && isCast) return undefined;
  if (rule.drop === true) {
    // Until the caller's timeout has passed; a response after that finds no caller.
    await sleep(Number.isFinite(deadlineAt) ? Math.max(0, deadlineAt - performance.now()) + 1_000 : 0);
    throw new Error(`the call was dropped by the rule ${id}`);
  }
  if (rule.error === undefined) return run();
  const message = rule.message ?? `This fault was asked for by the rule ${id}.`;
  if (isExpectedErrorCode(rule.error)) throw new ExpectedError(rule.error, message);
  throw new Error(message);
}

/** Publishes casts twice if a rule says so: the same message, as a broker does after a lost acknowledgement. */
export function duplicatingPublisher(publisher: MessagePublisher): MessagePublisher {
  return {
    async publish(message: OutgoingMessage): Promise<void> {
      await publisher.publish(message);
      if (!faultPlan.has('rpc')) return;
      const [topic = ''] = message.routingKey.split('.', 1);
      const facts = { topic, method: methodOf(message) };
      if (faultPlan.decide('rpc', facts, ({ duplicate }) => duplicate === true)) await publisher.publish(message);
    },
  };
}

/** The envelope of oslo.messaging contains the request as text. */
function methodOf({ body }: OutgoingMessage): string {
  const envelope = JSON.parse(body) as { 'oslo.message'?: string };
  const request = JSON.parse(envelope['oslo.message'] ?? '{}') as { method?: string };
  return request.method ?? '';
}
