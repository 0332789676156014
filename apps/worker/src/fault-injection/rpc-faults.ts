import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError, isExpectedErrorCode } from '#libs/contracts';
import type { InterceptedRequest, OutgoingMessage } from '#libs/messaging';
import { faultPlan, onlookers } from '#libs/simulation';
import { currentContext } from '#libs/telemetry';
import type { MessagePublisher } from '../store/index.js';

/** A failure that no client is told the inside of. */
export const UNEXPECTED = 'Unexpected';

/** The RPC border: around every handler. A dropped call is never answered, a dropped cast has no effect. */
export async function meetRpcFault(request: InterceptedRequest, run: () => Promise<unknown>): Promise<unknown> {
  if (!faultPlan.has('rpc') || onlookers.has(currentContext()?.request_id)) return run();
  const { topic, method, isCast, deadlineAt } = request;
  const fault = faultPlan.decide('rpc', { topic, method }, ({ duplicate }) => duplicate !== true);
  if (fault === undefined) return run();
  const { rule, id } = fault;
  if (rule.delay !== undefined) await sleep(rule.delay * 1000);
  if (rule.drop === true && isCast) return undefined;
  if (rule.drop === true) {
    // Until nobody waits any more; the answer that then goes out finds no caller.
    await sleep(Number.isFinite(deadlineAt) ? Math.max(0, deadlineAt - performance.now()) + 1_000 : 0);
    throw new Error(`the call was dropped by the rule ${id}`);
  }
  if (rule.error === undefined) return run();
  const message = rule.message ?? `This fault was asked for by the rule ${id}.`;
  if (isExpectedErrorCode(rule.error)) throw new ExpectedError(rule.error, message);
  throw new Error(message);
}

/** Publishes casts twice where a rule says so: the same message, as a broker does that lost an acknowledgement. */
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

/** The envelope of oslo.messaging has the request as a text inside. */
function methodOf({ body }: OutgoingMessage): string {
  const envelope = JSON.parse(body) as { 'oslo.message'?: string };
  const request = JSON.parse(envelope['oslo.message'] ?? '{}') as { method?: string };
  return request.method ?? '';
}
