import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Enforcer, credentialsOf, flattenTarget, ownedTarget } from '#libs/policy';
import { computeRules } from './compute.js';
import { identityRules } from './identity.js';
import { imageRules } from './image.js';
import { networkRules } from './network.js';
import type { RuleDefault } from '#libs/policy';

const context = (roles: string[], project: string | null, more: Record<string, unknown> = {}) =>
  credentialsOf({ roles, project_id: project, user_id: 'u1', domain_id: null, system_scope: null, ...more });
const admin = context(['admin', 'member', 'reader'], 'p0');
const member = context(['member', 'reader'], 'p1');
const reader = context(['reader'], 'p1');
const stranger = context(['member', 'reader'], 'p2', { user_id: 'u2' });

function enforcerOf(defaults: readonly RuleDefault[]): Enforcer {
  return new Enforcer({ defaults, onWarning: (text) => assert.fail(text) });
}

/** One row: rule, target, and the verdict for administrator, member, reader and stranger. */
type Row = readonly [rule: string, target: Record<string, unknown>, verdicts: string];

function verify(enforcer: Enforcer, rows: readonly Row[]): void {
  for (const [rule, target, expected] of rows) {
    const found = [admin, member, reader, stranger].map((who) => (enforcer.check(rule, target, who) ? 'y' : 'n'));
    assert.equal(found.join(''), expected, rule);
    assert.ok(
      enforcer.list().some(({ name }) => name === rule),
      `${rule} is registered`,
    );
  }
}

describe('registered rules', () => {
  it('load without a warning, each with a description and its operations', () => {
    for (const rules of [computeRules, networkRules, identityRules, imageRules]) {
      enforcerOf(rules);
      for (const { name, description, operations } of rules) {
        assert.notEqual(description, '', name);
        for (const { method, path } of operations ?? []) assert.match(`${method} ${path}`, /^[A-Z]+ \/\S*( \(\S+\))?$/);
      }
    }
  });

  it('give compute its readers, members and administrators', () => {
    const own = { project_id: 'p1', user_id: 'u1' };
    verify(enforcerOf(computeRules), [
      ['os_compute_api:servers:index', own, 'yyyn'],
      ['os_compute_api:servers:index:get_all_tenants', own, 'ynnn'],
      ['os_compute_api:servers:show', own, 'yyyn'],
      ['os_compute_api:servers:create', own, 'yynn'],
      ['os_compute_api:servers:delete', own, 'yynn'],
      ['os_compute_api:os-extended-server-attributes', own, 'ynnn'],
      ['os_compute_api:os-keypairs:delete', own, 'yyyn'],
      ['os_compute_api:limits', {}, 'yyyy'],
      ['os_compute_api:limits:other_project', {}, 'ynnn'],
      ['os_compute_api:os-services:list', {}, 'ynnn'],
      ['os_compute_api:os-flavor-manage:create', {}, 'ynnn'],
    ]);
    const system = credentialsOf({ roles: ['admin'], system_scope: 'all' });
    assert.equal(enforcerOf(computeRules).check('os_compute_api:servers:index', {}, system), false);
  });

  it('keep networks of others unseen unless shared or external', () => {
    const own = { project_id: 'p1' };
    verify(enforcerOf(networkRules), [
      ['get_network', ownedTarget(own), 'yyyn'],
      ['get_network', ownedTarget({ ...own, shared: true }), 'yyyy'],
      ['get_network', ownedTarget({ ...own, 'router:external': true }), 'yyyy'],
      ['get_network:provider:segmentation_id', ownedTarget(own), 'ynnn'],
      ['create_network', ownedTarget({ tenant_id: 'p1' }), 'yynn'],
      ['create_network:shared', ownedTarget(own), 'ynnn'],
      ['create_network:router:external', ownedTarget(own), 'ynnn'],
      ['update_network', ownedTarget({ ...own, shared: true }), 'yynn'],
      ['delete_network', ownedTarget(own), 'yynn'],
      ['create_subnet', ownedTarget({ project_id: 'p2' }, own), 'yynn'],
      ['get_subnet', ownedTarget(own, { ...own, shared: true }), 'yyyy'],
      ['delete_subnet', ownedTarget(own, own), 'yynn'],
      ['create_port', ownedTarget(own, own), 'yynn'],
      ['create_port', ownedTarget(own, { project_id: 'p9' }), 'ynnn'],
      ['create_port', ownedTarget(own, { project_id: 'p9', shared: true }), 'yyyy'],
      ['create_port:mac_address', ownedTarget({ project_id: 'p2' }, own), 'yynn'],
      ['create_port:device_owner', ownedTarget({ device_owner: 'compute:nova' }, { project_id: 'p9' }), 'yyyy'],
      ['create_port:device_owner', ownedTarget({ device_owner: 'network:dhcp' }, { project_id: 'p9' }), 'ynnn'],
      ['get_port', ownedTarget({ project_id: 'p2' }, own), 'yyyy'],
      ['get_port:binding:host_id', ownedTarget(own, own), 'ynnn'],
      ['delete_port', ownedTarget(own, { project_id: 'p9' }), 'yynn'],
    ]);
  });

  it('leave identity to administrators, but each user itself', () => {
    verify(enforcerOf(identityRules), [
      ['identity:list_users', {}, 'ynnn'],
      ['identity:create_user', {}, 'ynnn'],
      ['identity:get_user', flattenTarget({ target: { user: { id: 'u1', domain_id: 'default' } } }), 'yyyn'],
      ['identity:get_project', flattenTarget({ target: { project: { id: 'p1' } } }), 'yyyn'],
      ['identity:get_auth_projects', {}, 'yyyy'],
      ['identity:validate_token', { 'target.token.user_id': 'u1' }, 'yyyn'],
      ['identity:revoke_token', { 'target.token.user_id': 'u1' }, 'yyyn'],
      ['identity:list_roles', {}, 'ynnn'],
      ['identity:create_grant', {}, 'ynnn'],
    ]);
    const auditor = credentialsOf({ roles: ['reader'], system_scope: 'all' });
    assert.equal(enforcerOf(identityRules).check('identity:list_users', {}, auditor), true);
  });

  it('show public images to all and private ones to their project', () => {
    verify(enforcerOf(imageRules), [
      ['get_image', { project_id: 'p9', visibility: 'public' }, 'yyyy'],
      ['get_image', { project_id: 'p1', visibility: 'private' }, 'yyyn'],
      ['get_image', { project_id: 'p9', visibility: 'shared', member_id: 'p2' }, 'ynny'],
      ['get_images', { project_id: 'p1' }, 'yyyn'],
      ['add_image', { project_id: 'p1', owner: 'p1' }, 'yynn'],
    ]);
  });
});
