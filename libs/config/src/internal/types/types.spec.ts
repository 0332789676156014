import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OptionValue } from '../option-value.js';
import { hostAddressType, ipType } from './address-type.js';
import { booleanType } from './boolean-type.js';
import { dictType, listType } from './list-type.js';
import { durationType, floatType, integerType, portType } from './number-type.js';
import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';
import { stringType } from './string-type.js';
import { uriType } from './uri-type.js';

const bounded = integerType({ min: 1, max: 9 });

interface Row {
  readonly what: string;
  readonly type: OptionType;
  readonly good: readonly (readonly [string, OptionValue])[];
  readonly bad: readonly string[];
}

// The rows of the table of option types in oslo.config's documentation.
const rows: readonly Row[] = [
  {
    what: 'string',
    type: stringType(),
    good: [
      ['', ''],
      ['x y', 'x y'],
      ['é', 'é'],
    ],
    bad: [],
  },
  {
    what: 'choices',
    type: stringType({ choices: ['a', ''] }),
    good: [
      ['a', 'a'],
      ['', ''],
    ],
    bad: ['A', 'b'],
  },
  {
    what: 'choices of any case',
    type: stringType({ choices: ['None', 'MAC'], ignoreCase: true }),
    good: [
      ['mac', 'mac'],
      ['NONE', 'NONE'],
    ],
    bad: ['x'],
  },
  { what: 'unanchored regex', type: stringType({ regex: /b/ }), good: [['abc', 'abc']], bad: ['ac', 'B'] },
  {
    what: 'max length',
    type: stringType({ maxLength: 3 }),
    good: [
      ['abc', 'abc'],
      ['é😀ü', 'é😀ü'],
    ],
    bad: ['abcd'],
  },
  {
    what: 'boolean',
    type: booleanType,
    good: [
      ['true', true],
      ['YES', true],
      ['On', true],
      ['1', true],
      ['false', false],
      ['no', false],
      ['0', false],
    ],
    bad: ['', '2', 'y', 'truee', ' true x'],
  },
  {
    what: 'integer',
    type: integerType(),
    good: [
      ['0', 0],
      ['-5', -5],
      ['+5', 5],
      [' 12 ', 12],
      ['1_000', 1000],
      ['', undefined],
      ['-0', 0],
      ['007', 7],
    ],
    bad: ['1.0', '1e3', '0x10', 'many', '1__0', '--1', '99999999999999999999'],
  },
  {
    what: 'bounds',
    type: bounded,
    good: [
      ['1', 1],
      ['9', 9],
    ],
    bad: ['0', '10', '-1'],
  },
  { what: 'number choices', type: integerType({ choices: [1, 5] }), good: [['5', 5]], bad: ['2'] },
  {
    what: 'float',
    type: floatType({ min: 0, max: 4.5 }),
    good: [
      ['1', 1],
      ['.5', 0.5],
      ['1.', 1],
      ['1e-1', 0.1],
      ['4.5', 4.5],
    ],
    bad: ['4.6', '-0.1', 'nan', 'inf', '1,5', '.'],
  },
  {
    what: 'duration',
    type: durationType(),
    good: [
      ['0', 0],
      ['1.5', 1.5],
    ],
    bad: ['-1', '5s'],
  },
  {
    what: 'port',
    type: portType(),
    good: [
      ['0', 0],
      ['65535', 65535],
    ],
    bad: ['65536', '-1', 'http'],
  },
  { what: 'narrow port', type: portType({ min: 1024 }), good: [['1024', 1024]], bad: ['80'] },
  {
    what: 'list',
    type: listType({ itemType: stringType() }),
    good: [
      ['a,b', ['a', 'b']],
      [' a , b ,', ['a', 'b']],
      ['', []],
      [',', []],
      ['a,,b', ['a', '', 'b']],
      ['a,\nb', ['a', 'b']],
    ],
    bad: [],
  },
  {
    what: 'list of integers',
    type: listType({ itemType: bounded, minLength: 1 }),
    good: [['1,2', [1, 2]]],
    bad: ['', '1,x', '0', '1,,2'],
  },
  {
    what: 'list with one that is necessary',
    type: listType({ itemType: stringType({ choices: ['file', 'rbd'] }), contains: ['file'] }),
    good: [
      ['rbd,file', ['rbd', 'file']],
      ['file', ['file']],
    ],
    bad: ['', 'rbd', 'file,swift'],
  },
  {
    what: 'list in brackets',
    type: listType({ itemType: bounded, bounds: true }),
    good: [
      ['[1,2]', [1, 2]],
      ['[]', []],
    ],
    bad: ['1,2', '[1', '1]'],
  },
  {
    what: 'list whose items hold commas',
    type: listType({ itemType: stringType({ regex: /^\(.*\)$/ }) }),
    good: [['(a,b),(c)', ['(a,b)', '(c)']]],
    bad: ['(a,b),(c'],
  },
  {
    what: 'dict',
    type: dictType({ valueType: stringType() }),
    good: [
      ['a:1, b : 2', { a: '1', b: '2' }],
      ['', {}],
      ['u:http://h:1', { u: 'http://h:1' }],
      ['a:', { a: '' }],
    ],
    bad: ['a', ':1', 'a:1,a:2', 'a:1,b'],
  },
  {
    what: 'dict in braces with another separator',
    type: dictType({ valueType: integerType(), bounds: true, separator: '=' }),
    good: [['{a=1}', { a: 1 }]],
    bad: ['a=1', '{a:1}', '{a=x}', '{a=}'],
  },
  {
    what: 'IP',
    type: ipType(),
    good: [
      ['10.0.0.1', '10.0.0.1'],
      ['::1', '::1'],
      ['fe80::1', 'fe80::1'],
    ],
    bad: ['', '10.0.0', '10.0.0.256', 'host', '::1%eth0', '1:2'],
  },
  { what: 'IPv6', type: ipType({ version: 6 }), good: [['::', '::']], bad: ['10.0.0.1'] },
  {
    what: 'host address',
    type: hostAddressType(),
    good: [
      ['a.example', 'a.example'],
      ['10.0.0.1', '10.0.0.1'],
      ['a_b', 'a_b'],
      ['a.example.', 'a.example'],
    ],
    bad: ['', '10.0.0.256', '-a', 'a-', 'a..b', `${'x'.repeat(64)}.example`, 'a b'],
  },
  {
    what: 'URI',
    type: uriType(),
    good: [
      ['http://h', 'http://h'],
      ['https://u:p@[::1]:80/a?b#c', 'https://u:p@[::1]:80/a?b#c'],
    ],
    bad: ['', 'h', 'http://', '//h', 'http:/h', 'http://h/a b', 'http://h%', 'http://@h'],
  },
  {
    what: 'URI with schemes and length',
    type: uriType({ schemes: ['https'], maxLength: 12 }),
    good: [['https://h', 'https://h']],
    bad: ['http://h', 'https://hhhhhhhhh'],
  },
];

describe('option types', () => {
  for (const { what, type, good, bad } of rows) {
    for (const [text, value] of good) {
      it(`${what}: ${JSON.stringify(text)} is allowed`, () => assert.deepEqual(type.parse(text), value));
      it(`${what}: the value of ${JSON.stringify(text)} parses back from its own text`, () => {
        if (value !== undefined) assert.deepEqual(type.parse(type.format(value)), value);
      });
    }
    for (const text of bad) {
      it(`${what}: ${JSON.stringify(text)} is refused`, () => assert.throws(() => type.parse(text), OptionTextError));
    }
  }
});
