import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { IntOpt, OptionGroup, StrOpt, loadConfiguration } from './index.js';

/** The arguments of this process are those of the test runner. */
const process = { argv: ['node', 'greeter'] };

function example(): string {
  // --- README
  @OptionGroup('greeter', { help: 'Greetings.' })
  class GreeterOptions {
    @StrOpt({ default: 'world', mutable: true, help: 'Whom to greet.' })
    readonly whom!: string;

    @IntOpt({ default: 1, min: 1, max: 9, help: 'How often.' })
    readonly howOften!: number;
  }

  const config = loadConfiguration({
    program: 'greeter',
    version: '1.0.0',
    argv: process.argv.slice(2),
    env: { OS_GREETER__HOW_OFTEN: '3' },
    groups: [GreeterOptions],
  });
  const { whom, howOften } = config.get(GreeterOptions);
  const greeting = `Hello ${whom}! `.repeat(howOften);
  // --- end
  return greeting;
}

it('the example of the README runs', () => {
  const folder = new URL('../../../../libs/config/', import.meta.url);
  const shown = /```ts\n([\s\S]*?)```/.exec(readFileSync(new URL('README.md', folder), 'utf8'))?.[1];
  const own = readFileSync(new URL('src/readme.spec.ts', folder), 'utf8');
  const run = /--- README\n([\s\S]*?) {2}\/\/ --- end/.exec(own)?.[1];
  assert.equal(run?.replaceAll(/^ {2}/gm, ''), shown);
  assert.equal(example(), 'Hello world! Hello world! Hello world! ');
});
