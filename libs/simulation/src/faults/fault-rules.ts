import {
  flag,
  integer,
  isMapping,
  listOf,
  mapOf,
  mapping,
  matching,
  numeric,
  oneOf,
  required,
  seconds,
  text,
} from '../documents/checks.js';
import type { Check, Mapping } from '../documents/checks.js';
import { YamlSource } from '../documents/yaml-source.js';

/** Operations of the driver's border. `report` fails: the host counts as down; `schedule` fails: no valid host. */
export const DRIVER_OPERATIONS = [
  'spawn',
  'destroy',
  'power_on',
  'power_off',
  'reboot',
  'change',
  'move_out',
  'move_in',
  'move_live',
  'clean_up',
  'console_output',
  'report',
  'schedule',
  'allocate',
];

/** The conditions of a rule of each border: globs (`*` without, `**` with slashes). Unset: everything. */
export interface HttpTarget {
  readonly api?: string;
  readonly method?: string;
  /** With or without the version as prefix: `/servers`, `/v2.0/ports/*`. */
  readonly path?: string;
  readonly project?: string;
}
export interface RpcTarget {
  readonly topic?: string;
  readonly method?: string;
}
export interface DriverTarget {
  readonly operation?: string;
  /** Name or id of the server. */
  readonly server?: string;
  readonly host?: string;
}

/** When a matching rule takes effect. */
export interface FaultTiming {
  /** Number of matches to skip first. @default 0 */
  readonly after?: number;
  /** How often it takes effect. @default without limit */
  readonly times?: number;
  /** Probability for each match. @default 1 */
  readonly probability?: number;
  /** Seconds from when it was added. @default without limit */
  readonly for?: number;
}

/** The effect; for http: status, cut, half; for rpc: drop, duplicate, error; for driver: fail. `delay` for each. */
export interface FaultEffect {
  readonly delay?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cut?: boolean;
  readonly half?: boolean;
  /** Answers 404 for objects created less than this many seconds ago. */
  readonly young?: number;
  readonly drop?: boolean;
  readonly duplicate?: boolean;
  readonly error?: string;
  readonly fail?: string | boolean;
  readonly message?: string;
}

export interface FaultRule extends FaultTiming, FaultEffect {
  readonly id?: string;
  readonly http?: HttpTarget;
  readonly rpc?: RpcTarget;
  readonly driver?: DriverTarget;
}

const borders = ['http', 'rpc', 'driver'] as const;
export type Border = (typeof borders)[number];

/** Effects by border; a rule needs one of them. */
const EFFECTS: Readonly<Record<Border, readonly (keyof FaultEffect)[]>> = {
  http: ['delay', 'status', 'cut', 'half', 'young'],
  rpc: ['delay', 'drop', 'duplicate', 'error'],
  driver: ['delay', 'fail'],
};
const ALL_EFFECTS = [...new Set(Object.values(EFFECTS).flat())];

export function borderOf(rule: FaultRule): Border {
  return borders.find((border) => rule[border] !== undefined) ?? 'http';
}

const failText: Check = (source, path, value) => {
  if (value !== true && (typeof value !== 'string' || value === '')) source.fault(path, 'expected true or a text');
};

/** @param errors codes that `error` may name */
function ruleCheck(errors: readonly string[]): Check {
  return mapping(
    {
      id: matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_", "-", at most 64'),
      http: mapping({
        api: oneOf(['identity', 'compute', 'metadata', 'image', 'network', '*']),
        method: oneOf(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', '*']),
        path: matching(/^(\/|\*)/, 'a path that begins with / or *'),
        project: text,
      }),
      rpc: mapping({ topic: text, method: text }),
      driver: mapping({ operation: oneOf([...DRIVER_OPERATIONS, '*']), server: text, host: text }),
      after: integer(0),
      times: integer(1),
      probability: numeric(0, 1),
      for: seconds,
      delay: seconds,
      status: integer(400, 599),
      headers: mapOf(text),
      cut: flag,
      half: flag,
      young: seconds,
      drop: flag,
      duplicate: flag,
      error: oneOf(errors),
      fail: failText,
      message: text,
    },
    (source, path, value) => checkShape(source, path, value as Mapping),
  );
}

function checkShape(source: YamlSource, path: readonly (string | number)[], rule: Mapping): void {
  const named = borders.filter((border) => border in rule);
  const [border] = named;
  if (border === undefined || named.length > 1) {
    return source.fault(path, `expected exactly one of ${borders.join(', ')}, found ${named.join(', ') || 'none'}`);
  }
  const given = ALL_EFFECTS.filter((effect) => effect in rule);
  const allowed = EFFECTS[border];
  for (const effect of given.filter((one) => !allowed.includes(one))) {
    source.fault([...path, effect], `does not go with ${border}, which has ${allowed.join(', ')}`, 'key');
  }
  if (given.length === 0) source.fault(path, `expected what happens: one of ${allowed.join(', ')}`);
}

/** The rules of a document, `{faults: [...]}` or the list alone. Throws DocumentError with all its faults. */
export function readFaultRules(text_: string, file: string, errors: readonly string[]): FaultRule[] {
  const source = new YamlSource(text_, file);
  source.settle();
  const rules: unknown = isMapping(source.value) ? source.value['faults'] : source.value;
  const check = listOf(ruleCheck(errors));
  if (isMapping(source.value)) mapping({ faults: required(check) })(source, [], source.value);
  else check(source, [], source.value);
  const ids = Array.isArray(rules) ? rules.map((rule: unknown) => (isMapping(rule) ? rule['id'] : undefined)) : [];
  for (const [at, id] of ids.entries()) {
    if (id !== undefined && ids.indexOf(id) < at) {
      source.fault(
        isMapping(source.value) ? ['faults', at, 'id'] : [at, 'id'],
        `another rule has the id ${JSON.stringify(id)}`,
      );
    }
  }
  source.settle();
  return rules as FaultRule[];
}
