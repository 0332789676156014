import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currentContext, runWithContext } from './context-storage.js';
import { createContext, isRequestId } from './request-context.js';

describe('the request context', () => {
  it('is seen by all that its work starts, and by nothing else', async () => {
    const context = createContext({ user_id: 'u' });
    await runWithContext(context, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(currentContext(), context);
    });
    assert.equal(currentContext(), undefined);
  });

  it('has a request id of its own and never a token', () => {
    const context = createContext({ auth_token: 'secret', project_id: 'p' });
    assert.ok(isRequestId(context.request_id));
    assert.equal('auth_token' in context, false);
    assert.equal(context.project_id, 'p');
    assert.deepEqual(context.roles, []);
  });
});
