import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestContext } from './request-context.js';

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that everything it starts has `context` as the current one; log lines contain its ids. */
export function runWithContext<Result>(context: RequestContext, work: () => Result): Result {
  return storage.run(context, work);
}

/** The context of the current request, or undefined outside of a request. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}
