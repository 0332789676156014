import {
  declarationOf,
  nearestName,
  booleanType,
  floatType,
  integerType,
  OptionTextError,
  stringType,
} from '#libs/config';
import type { OptionValue, OptionType } from '#libs/config';
import { RabbitOptions } from './rabbit.options.js';

const text = stringType();

/**
 * Options of oslo.messaging's driver that this library does not have (14.0 to 18.3,
 * `oslo_messaging/_drivers/impl_rabbit.py` and `amqp.py`). They have no effect here; their values are checked as there.
 */
const withoutEffect: Readonly<Record<string, OptionType>> = {
  conn_pool_min_size: integerType(),
  conn_pool_ttl: integerType(),
  direct_mandatory_flag: booleanType,
  enable_cancel_on_failover: booleanType,
  heartbeat_in_pthread: booleanType,
  heartbeat_rate: integerType(),
  hostname: text,
  kombu_compression: text,
  kombu_missing_consumer_retry_timeout: integerType(),
  kombu_reconnect_delay: floatType({ min: 0, max: 4.5 }),
  kombu_reconnect_splay: floatType({ min: 0 }),
  processname: text,
  rabbit_quroum_max_memory_bytes: integerType(),
  rabbit_quroum_max_memory_length: integerType(),
  rabbit_retry_backoff: integerType({ min: 0 }),
  rabbit_retry_interval: integerType({ min: 1 }),
  rabbit_stream_fanout: booleanType,
  rpc_conn_pool_size: integerType({ min: 1 }),
  ssl_enforce_fips_mode: booleanType,
  use_queue_manager: booleanType,
};

/** The values of a transport URL's query, by the properties of `RabbitOptions`, and the faults found, in words. */
export interface RabbitQuery {
  readonly values: Readonly<Partial<RabbitOptions>>;
  readonly faults: readonly string[];
}

/**
 * Reads the query of a transport URL as oslo.messaging does: each name is an option of `[oslo_messaging_rabbit]`, whose
 * value it overrides. An unknown name is a fault, and so is a value that the option does not allow. An empty value
 * counts as absent; a repeated one is a list with commas.
 */
export function readRabbitQuery(query: string): RabbitQuery {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = given.get(name);
    if (value !== '') given.set(name, before === undefined ? value : `${before},${value}`);
  }
  const declared = new Map(declarationOf(RabbitOptions).options.map((option) => [option.name, option]));
  const values: Record<string, OptionValue> = {};
  const faults: string[] = [];
  for (const [name, value] of given) {
    const option = declared.get(name);
    const type = option?.type ?? (Object.hasOwn(withoutEffect, name) ? withoutEffect[name] : undefined);
    if (type === undefined) {
      const near = nearestName(name, [...declared.keys(), ...Object.keys(withoutEffect)]);
      const meant = near === undefined ? '' : `; did you mean "${near}"?`;
      faults.push(`"${name}" in the query is no option of [oslo_messaging_rabbit]${meant}`);
      continue;
    }
    try {
      const parsed = type.parse(value);
      const fault = option?.check?.(parsed);
      if (fault !== undefined) faults.push(`"${name}" in the query: ${fault}`);
      else if (option !== undefined) values[option.property] = parsed;
    } catch (error) {
      if (!(error instanceof OptionTextError)) throw error;
      const detail = error.detail === undefined ? '' : `: ${error.detail}`;
      faults.push(`"${name}" in the query: expected ${type.allowed}, found "${value}"${detail}`);
    }
  }
  return { values, faults };
}
