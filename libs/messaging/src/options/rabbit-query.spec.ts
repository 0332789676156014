import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRabbitQuery } from './rabbit-query.js';

describe('readRabbitQuery', () => {
  it('reads every form of a boolean, and all forms of ssl', () => {
    for (const yes of ['1', 'true', 'True', 'on', 'YES']) {
      assert.deepEqual(readRabbitQuery(`ssl=${yes}`), { values: { ssl: true }, faults: [] });
    }
    for (const no of ['0', 'false', 'off', 'No']) assert.deepEqual(readRabbitQuery(`ssl=${no}`).values, { ssl: false });
    const all = 'ssl=1&ssl_version=TLSv1_2&ssl_key_file=%2Fk&ssl_cert_file=/c&ssl_ca_file=/ca';
    assert.deepEqual(readRabbitQuery(`${all}&ssl_enforce_hostname_verification=0&ssl_enforce_fips_mode=false`), {
      values: {
        ssl: true,
        sslVersion: 'TLSv1_2',
        sslKeyFile: '/k',
        sslCertFile: '/c',
        sslCaFile: '/ca',
        sslEnforceHostnameVerification: false,
      },
      faults: [],
    });
  });

  it('knows all names of oslo.messaging, also those that have no effect here', () => {
    const names =
      'amqp_auto_delete=1&amqp_durable_queues=1&conn_pool_min_size=2&conn_pool_ttl=1200&direct_mandatory_flag=1' +
      '&enable_cancel_on_failover=0&heartbeat_in_pthread=0&heartbeat_rate=3&heartbeat_timeout_threshold=60&hostname=h' +
      '&kombu_compression=gzip&kombu_failover_strategy=shuffle&kombu_missing_consumer_retry_timeout=60' +
      '&kombu_reconnect_delay=1.0&kombu_reconnect_splay=0.5&processname=p&rabbit_ha_queues=0&rabbit_interval_max=30' +
      '&rabbit_login_method=AMQPLAIN&rabbit_qos_prefetch_count=10&rabbit_quorum_delivery_limit=5' +
      '&rabbit_quorum_max_memory_bytes=1&rabbit_quorum_max_memory_length=1&rabbit_quorum_queue=1' +
      '&rabbit_quroum_max_memory_bytes=1&rabbit_quroum_max_memory_length=1&rabbit_retry_backoff=2' +
      '&rabbit_retry_interval=1&rabbit_stream_fanout=0&rabbit_transient_queues_ttl=0' +
      '&rabbit_transient_quorum_queue=1&rpc_conn_pool_size=30&use_queue_manager=0';
    const { values, faults } = readRabbitQuery(names);
    assert.deepEqual(faults, []);
    assert.equal(values.rabbitTransientQueuesTtl, 0);
    assert.equal(values.kombuFailoverStrategy, 'shuffle');
  });

  it('refuses an unknown name, and a value that the option does not allow', () => {
    assert.deepEqual(readRabbitQuery('sssl=1').faults, [
      '"sssl" in the query is no option of [oslo_messaging_rabbit]; did you mean "ssl"?',
    ]);
    // A deprecated name in the file is not accepted here, as in oslo.messaging.
    assert.equal(readRabbitQuery('rabbit_use_ssl=1').faults.length, 1);
    assert.match(readRabbitQuery('ssl=maybe').faults[0] ?? '', /"ssl" in the query: expected true or false .* "maybe"/);
    assert.match(readRabbitQuery('rabbit_interval_max=0').faults[0] ?? '', /an integer of at least 1/);
    assert.match(readRabbitQuery('rpc_conn_pool_size=x').faults[0] ?? '', /an integer of at least 1/);
    assert.match(readRabbitQuery('ssl_version=SSLv3').faults[0] ?? '', /SSL 2 and 3 are not spoken/);
    assert.match(readRabbitQuery('ssl=1&ssl=0').faults[0] ?? '', /found "1,0"/);
  });

  it('takes an empty value for none', () => {
    assert.deepEqual(readRabbitQuery('ssl=&ssl_ca_file='), { values: {}, faults: [] });
    assert.deepEqual(readRabbitQuery(''), { values: {}, faults: [] });
  });
});
