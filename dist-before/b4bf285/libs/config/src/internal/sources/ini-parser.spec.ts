import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIni } from './ini-parser.js';

const pairs = (text: string): string[] =>
  parseIni(text, 'f').settings.map(({ group, name, text: value }) => `${group}.${name}=${JSON.stringify(value)}`);
const faults = (text: string): string[] => parseIni(text, 'f').faults.map(({ line, message }) => `${line}: ${message}`);

describe('parseIni', () => {
  const good: [string, string, string[]][] = [
    ['an assignment', '[DEFAULT]\na = 1', ['DEFAULT.a="1"']],
    ['a colon', '[DEFAULT]\na: 1', ['DEFAULT.a="1"']],
    ['the first of both signs', '[DEFAULT]\na = b:c\nd: e=f', ['DEFAULT.a="b:c"', 'DEFAULT.d="e=f"']],
    ['an empty value', '[DEFAULT]\na =', ['DEFAULT.a=""']],
    ['a continued value', '[DEFAULT]\na = 1,\n  2,\n\t3\nb = 4', ['DEFAULT.a="1,\\n2,\\n3"', 'DEFAULT.b="4"']],
    ['comments in column 0 only', '[DEFAULT]\n# x = 1\n; y = 2\na = 1 # no comment', ['DEFAULT.a="1 # no comment"']],
    ['quotes', `[DEFAULT]\na = " x "\nb = 'y'\nc = "open`, ['DEFAULT.a=" x "', 'DEFAULT.b="y"', 'DEFAULT.c="\\"open"']],
    ['a repeated key', '[g]\na = 1\na = 2', ['g.a="1"', 'g.a="2"']],
    ['a section twice', '[g]\na = 1\n[h]\nb = 2\n[g]\nc = 3', ['g.a="1"', 'h.b="2"', 'g.c="3"']],
    ['hyphens and the case of groups', '[Group]\nmy-name = 1', ['group.my_name="1"']],
    ['carriage returns and a byte order mark', '\uFEFF[DEFAULT]\r\na = 1\r\n', ['DEFAULT.a="1"']],
  ];
  for (const [what, text, wanted] of good) it(`reads ${what}`, () => assert.deepEqual(pairs(text), wanted));

  it('keeps the line of each assignment', () => {
    const lines = parseIni('[DEFAULT]\n\na = 1\n  2\nb = 3', 'f').settings.map(({ location }) => location);
    assert.deepEqual(lines, [
      { kind: 'file', path: 'f', line: 3 },
      { kind: 'file', path: 'f', line: 5 },
    ]);
  });

  it('tells all faults of a file, with their lines', () => {
    const text = 'early = 1\n[DEFAULT\n[]\n[DEFAULT]\nno sign\n= 1\na = 1\n\n  lost\n';
    assert.deepEqual(faults(text), [
      '1: a section, as [DEFAULT], must come before the first option ("early")',
      '2: the section "[DEFAULT" does not end with "]"',
      '3: the section has no name',
      '5: there is no "=" or ":" in the line; expected "name = value"',
      '6: there is no option name before the "=" or ":"',
      '9: the indented line continues no value',
    ]);
  });
});
