import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { declarationsOf, networkResources } from '#libs/contracts';
import { collectionPaths } from './resource-controllers.js';

describe('paths of collections', () => {
  const declared = collectionPaths(declarationsOf(networkResources));

  it('with dashes or underscores, below their prefix or not, are the same', () => {
    for (const [asked, path] of [
      ['/v2.0/local_ips', '/v2.0/local-ips'],
      ['/v2.0/local_ips/a/port-associations/b', '/v2.0/local-ips/a/port_associations/b'],
      ['/v2.0/floatingip-pools', '/v2.0/floatingip_pools'],
      ['/v2.0/ndp_proxies/a', '/v2.0/ndp-proxies/a'],
      ['/v2.0/policies/a/tags/red_hot', '/v2.0/qos/policies/a/tags/red_hot'],
      ['/v2.0/qos/policies/a/bandwidth-limit-rules', '/v2.0/qos/policies/a/bandwidth_limit_rules'],
      ['/v2.0/security_groups', '/v2.0/security-groups'],
    ]) {
      assert.equal(declared(asked ?? ''), path);
    }
  });

  it('that are none of theirs stay as they are', () => {
    for (const path of [
      '/',
      '/v2.0',
      '/v2.0/',
      '/v2.0/qos',
      '/v2.0/qos/rule-types',
      '/v2.0/quotas/a_b',
      '/v2.0/no_such',
    ]) {
      assert.equal(declared(path), path);
    }
    assert.equal(declared('/v2.0/routers/a_b/add_router_interface'), '/v2.0/routers/a_b/add_router_interface');
  });
});
