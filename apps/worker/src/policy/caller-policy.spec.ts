import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  computeContract,
  conductorContract,
  identityContract,
  imageContract,
  networkContract,
  schedulerContract,
} from '#libs/contracts';
import { call, defineContract } from '#libs/messaging';
import type { MethodAccess } from '#libs/messaging';
import { createContext } from '#libs/telemetry';
import { callerPolicy } from './caller-policy.js';

const contracts = [
  computeContract,
  conductorContract,
  identityContract,
  imageContract,
  networkContract,
  schedulerContract,
];
const contractWith = (access?: MethodAccess) =>
  defineContract({
    topic: 't',
    methods: { look: call<null>({ args: null, ...(access === undefined ? {} : { access }) }) },
  });

describe('who may call the worker', () => {
  it('is declared by every method of every topic', () => {
    for (const contract of contracts) callerPolicy.examine(contract);
    const open = contracts.flatMap(({ methods }) =>
      Object.entries(methods).flatMap(([name, { access }]) => (access === 'anyone' ? [name] : [])),
    );
    assert.deepEqual(open.toSorted(), [
      'authenticate',
      'authenticate_application_credential',
      'authenticate_password',
      'authenticate_token',
      'catalog_get',
      'console_connect',
      'instance_metadata',
      'instance_password_set',
      'oauth1_access_token',
      'oauth1_request_token',
      'revocation_list',
      'token_scope',
      'user_change_password',
    ]);
  });

  it('keeps a topic from being served where a method declares nothing, or a rule that does not exist', () => {
    assert.throws(() => callerPolicy.examine(contractWith()), /t\.look declares neither a policy rule/);
    assert.throws(() => callerPolicy.examine(contractWith(['get_nothing'])), /t\.look declares "get_nothing"/);
    callerPolicy.examine(contractWith(['get_network']));
  });

  it('is nobody without a user, also with the mark of an administrator, unless anyone may', () => {
    const { look } = contractWith(['get_network']).methods;
    const nobody = createContext({ is_admin: true, roles: ['admin'], project_id: 'p' });
    assert.throws(() => callerPolicy.admit(nobody, look, 'look'), { code: 'Unauthorized' });
    callerPolicy.admit(createContext({ user_id: 'u' }), look, 'look');
    callerPolicy.admit(nobody, contractWith('anyone').methods.look, 'look');
  });
});
