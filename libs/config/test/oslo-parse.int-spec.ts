import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PYTHON, missingPythonModules } from '#testing/peers';
import { parseIni } from '../src/internal/sources/ini-parser.js';
import { hostAddressType, ipType } from '../src/internal/types/address-type.js';
import { booleanType } from '../src/internal/types/boolean-type.js';
import { dictType, listType } from '../src/internal/types/list-type.js';
import { floatType, integerType, portType } from '../src/internal/types/number-type.js';
import type { OptionType } from '../src/internal/types/option-type.js';
import { OptionTextError } from '../src/internal/types/option-type.js';
import { stringType } from '../src/internal/types/string-type.js';
import { uriType } from '../src/internal/types/uri-type.js';
import { grammarPieces } from './grammar-pieces.js';
import { Random } from './random.js';

const script = fileURLToPath(new URL('../../../../libs/config/test/oslo-parse.py', import.meta.url));
const string = stringType();

const numbers = ['0', '1', '9', '-', '+', '.', 'e', 'E', '_', ' ', 'x', '\t', '10', '65535'];
const items = ['a', 'b', ',', ' ', '1', '2', '(', ')', '[', ']', '\n', '"', "'", ':'];
const pairs = ['a', 'b', ',', ':', ' ', '1', '2', '{', '}', '\n', '='];
const hosts = ['a', 'b', '.', '-', '_', '1', '10', '255', '256', ':', '::', 'fe80', '%eth0', '[', ']', 'ü', ' ', '/24'];
const letters = ['a', 'Z', 'red', 'GREEN', 'green', '😀', ' ', 'é', 'ß'];

/** Each type with the pieces of its texts; the names are those of the script. */
const types: Readonly<Record<string, readonly [OptionType, readonly string[]]>> = {
  'string of 3': [stringType({ maxLength: 3 }), letters],
  'string by pattern': [stringType({ regex: /^[a-z]+$/ }), letters],
  choice: [stringType({ choices: ['Red', 'GREEN'], ignoreCase: true }), letters],
  boolean: [booleanType, ['true', 'TRUE', '1', '0', 'on', 'off', 'Yes', 'no', ' ', 't', '\n']],
  integer: [integerType(), numbers],
  'integer within bounds': [integerType({ min: -5, max: 10 }), numbers],
  float: [floatType(), numbers],
  port: [portType(), numbers],
  list: [listType({ itemType: string }), items],
  'list of integers': [listType({ itemType: integerType() }), items],
  'list in brackets': [listType({ itemType: string, bounds: true }), items],
  'list by pattern': [listType({ itemType: stringType({ regex: /^\(.*\)$/ }) }), items],
  dict: [dictType({ valueType: string }), pairs],
  'dict of integers': [dictType({ valueType: integerType() }), pairs],
  'dict in braces': [dictType({ valueType: string, bounds: true }), pairs],
  address: [ipType(), hosts],
  'IPv4 address': [ipType({ version: 4 }), hosts],
  'IPv6 address': [ipType({ version: 6 }), hosts],
  host: [hostAddressType(), hosts],
  URI: [
    uriType(),
    ['http', 'https', '://', ':', '/', '//', 'h', 'a.b', '@', 'u:p', '[::1]', '80', '?', '#', '%41', '%', '&'],
  ],
};

function textOf(random: Random, pieces: readonly string[], most: number): string {
  return Array.from({ length: random.below(most + 1) }, () => random.pick(pieces)).join('');
}

interface Answer {
  readonly files: readonly (readonly (readonly string[])[] | null)[];
  readonly texts: readonly ({ readonly value: unknown } | null)[];
}

function askOslo(files: readonly string[], texts: readonly { type: string; text: string }[]): Answer {
  const result = spawnSync(PYTHON, [script], {
    input: JSON.stringify({ files, texts }),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { PATH: process.env['PATH'], PYTHONWARNINGS: 'ignore', LC_ALL: 'C.UTF-8' },
  });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout) as Answer;
}

function parsed(type: OptionType, text: string): { readonly value: unknown } | null {
  try {
    return { value: type.parse(text) ?? null };
  } catch (error) {
    assert.ok(error instanceof OptionTextError);
    return null;
  }
}

/**
 * This library is stricter on purpose: no empty number in a list or dictionary, none that JavaScript cannot hold
 * exactly …
 */
const isRefusedHere = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).some((part) => part === null || isRefusedHere(part))
    : Number.isInteger(value) && !Number.isSafeInteger(value);
/** … and no URI without a host. (The script leaves out `inf` and `nan`.) */
const withoutHost = /^[^:]*:\/\/([^/?#]*@)?(:|$|[/?#])/;

describe('any text, read by oslo.config and by ours', { skip: missingPythonModules('oslo_config') }, () => {
  it('gives the same settings, or is refused by both, for 4000 files', () => {
    const random = new Random(11);
    const files = Array.from(
      { length: 4000 },
      () => (random.chance(0.7) ? '[g]\n' : '') + textOf(random, grammarPieces, 15),
    );
    for (const [index, theirs] of askOslo(files, []).files.entries()) {
      const { settings, faults } = parseIni(files[index]!, 'f');
      const ours = settings.map(({ group, name, text }) => [group, name, text]);
      assert.deepEqual(faults.length > 0 ? null : ours, theirs, JSON.stringify(files[index]));
    }
  });

  it('gives the same value, or is refused by both, for 1000 texts of each type', () => {
    const random = new Random(12);
    const texts = Object.entries(types).flatMap(([type, [, pieces]]) =>
      Array.from({ length: 1000 }, () => ({ type, text: textOf(random, pieces, 6) })),
    );
    let accepted = 0;
    for (const [index, theirs] of askOslo([], texts).texts.entries()) {
      const { type, text } = texts[index]!;
      const ours = parsed(types[type]![0], text);
      const isStricter =
        (type !== 'float' && isRefusedHere(theirs?.value)) || (type === 'URI' && withoutHost.test(text));
      // -0 is 0 here.
      const wanted = isStricter ? null : theirs?.value === 0 ? { value: 0 } : theirs;
      assert.deepEqual(ours, wanted, `${type}: ${JSON.stringify(text)}`);
      if (theirs !== null) accepted += 1;
    }
    assert.ok(accepted > 2000, `${accepted} texts were accepted`);
  });
});
