import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestContext } from './request-context.js';

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that everything it starts sees `context` as the current one; log lines carry its ids. */
export function runWithContext<Result>(context: RequestContext, work: () => Result): Result {
  return storage.run(context, work);
}

/** The context of the request that is being served, or undefined outside of any. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}
