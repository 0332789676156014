import type { OptionGroupClass } from '../src/internal/declaration.js';
import {
  BoolOpt,
  DictOpt,
  FloatOpt,
  HostAddressOpt,
  IntOpt,
  IpOpt,
  ListOpt,
  MultiStrOpt,
  OptionGroup,
  PortOpt,
  StrOpt,
  UriOpt,
} from '../src/internal/decorators.js';
import { integerType } from '../src/internal/types/number-type.js';

/** An option in the form for oslo.config. */
export interface JudgedOption {
  readonly group: string;
  readonly name: string;
  readonly kind: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Texts to choose from, valid and invalid. */
  readonly texts: readonly string[];
}

const numbers = ['0', '1', '-1', '+3', ' 7 ', '007', '1_000', '65535', '65536', '1e3', '1.5', 'x', '0x1', '--1', '5 5'];
const words = [
  '',
  'a',
  'b c',
  'red',
  'Green',
  'abcdefgh',
  'x=y',
  'a:b',
  'a,b',
  '"q"',
  "it's",
  '#no',
  '%(x)s',
  'é€',
  '\\',
];

/** Every type of oslo.config that this library has, for both. */
export const judgedOptions: readonly JudgedOption[] = [
  { group: 'DEFAULT', name: 'plain', kind: 'str', arguments: { default: 'p' }, texts: words },
  { group: 'DEFAULT', name: 'unset', kind: 'str', arguments: {}, texts: words },
  { group: 'DEFAULT', name: 'token', kind: 'str', arguments: { secret: true }, texts: words },
  {
    group: 'DEFAULT',
    name: 'colour',
    kind: 'str',
    arguments: { choices: ['red', 'green'], ignore_case: true, default: 'red' },
    texts: ['red', 'GREEN', 'blue', ''],
  },
  { group: 'DEFAULT', name: 'word', kind: 'str', arguments: { regex: '^[a-z]+$' }, texts: ['abc', 'a1', 'ABC', 'a b'] },
  { group: 'g', name: 'short', kind: 'str', arguments: { max_length: 3 }, texts: ['', 'abc', 'abcd', 'a,c'] },
  {
    group: 'DEFAULT',
    name: 'flag',
    kind: 'bool',
    arguments: { default: false },
    texts: ['true', 'TRUE', '1', 'on', 'Yes', 'false', '0', 'off', 'no', 'maybe', '2', 't'],
  },
  { group: 'DEFAULT', name: 'number', kind: 'int', arguments: {}, texts: [...numbers, ''] },
  {
    group: 'DEFAULT',
    name: 'bounded',
    kind: 'int',
    arguments: { min: 1, max: 10, default: 5, deprecated_name: 'old_bounded' },
    texts: ['1', '10', '0', '11', '4', 'y'],
  },
  {
    group: 'g',
    name: 'ratio',
    kind: 'float',
    arguments: { min: 0, max: 4.5 },
    texts: ['0.5', '.5', '1.', '4.5', '4.6', '-1', '1e-2', '1,5', ''],
  },
  { group: 'g', name: 'port', kind: 'port', arguments: { default: 80 }, texts: numbers },
  {
    group: 'g',
    name: 'names',
    kind: 'list',
    arguments: { default: ['a'] },
    texts: [...words, 'a, b ,c,', ',', 'a,,b', ' , '],
  },
  {
    group: 'g',
    name: 'integers',
    kind: 'list',
    arguments: { integers: true },
    texts: ['1,2', '1', '', '1,x', ' 3 , 4 '],
  },
  { group: 'g', name: 'boxed', kind: 'list', arguments: { bounds: true }, texts: ['[a,b]', '[]', 'a', '[a', ' [a] '] },
  {
    group: 'g',
    name: 'map',
    kind: 'dict',
    arguments: { default: { k: 'v' } },
    texts: ['a:1', 'a:1,b:2', '', 'a', 'a:1,a:2', ':1', ' a : b:c '],
  },
  {
    group: 'g',
    name: 'counts',
    kind: 'dict',
    arguments: { integers: true, bounds: true },
    texts: ['{a:1}', '{}', 'a:1', '{a:x}', '{a:1,b:2}'],
  },
  {
    group: 'h',
    name: 'ip',
    kind: 'ip',
    arguments: {},
    texts: ['10.0.0.1', '::1', '1:2', '10.0.0.256', 'h', 'fe80::1', '::ffff:1.2.3.4'],
  },
  { group: 'h', name: 'ip4', kind: 'ip', arguments: { version: 4 }, texts: ['10.0.0.1', '::1', '010.0.0.1'] },
  {
    group: 'h',
    name: 'host',
    kind: 'host',
    arguments: { default: 'localhost' },
    texts: ['h', 'h.example', '10.0.0.1', '10.0.0.256', 'a_b', '-a', 'a..b', 'h.example.', '::1'],
  },
  {
    group: 'h',
    name: 'uri',
    kind: 'uri',
    arguments: {},
    texts: ['http://h', 'https://u:p@h:1/p?q#f', 'h', 'http://', 'http://[::1]/', 'amqp+ssl://h'],
  },
  { group: 'h', name: 'lines', kind: 'multi', arguments: { default: ['z'] }, texts: words },
];

function declare(option: JudgedOption): (prototype: object, property: string) => void {
  const { default: value, ...rest } = option.arguments;
  const given: Record<string, unknown> = {
    ...rest,
    ...(value !== undefined && { default: value }),
    ...('ignore_case' in rest && { ignoreCase: true }),
    ...('max_length' in rest && { maxLength: rest['max_length'] }),
    ...('regex' in rest && { regex: new RegExp(String(rest['regex']), 'u') }),
    ...('deprecated_name' in rest && { deprecatedOpts: [{ name: rest['deprecated_name'] }] }),
    ...('integers' in rest && { itemType: integerType(), valueType: integerType() }),
    name: option.name,
    cli: true,
    help: 'Judged.',
  };
  const decorators: Record<string, (attributes: never) => (prototype: object, property: string) => void> = {
    str: StrOpt,
    bool: BoolOpt,
    int: IntOpt,
    float: FloatOpt,
    port: PortOpt,
    list: ListOpt,
    dict: DictOpt,
    ip: IpOpt,
    host: HostAddressOpt,
    uri: UriOpt,
    multi: MultiStrOpt,
  };
  return decorators[option.kind]!(given as never);
}

/** The same options as this library's classes. */
export function judgedGroups(): readonly OptionGroupClass[] {
  return [...new Set(judgedOptions.map(({ group }) => group))].map((group) => {
    class Judged {}
    for (const option of judgedOptions) if (option.group === group) declare(option)(Judged.prototype, option.name);
    OptionGroup(group, { help: 'Judged.' })(Judged);
    return Judged;
  });
}
