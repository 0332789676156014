import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { it } from 'node:test';

it('the example of the README runs', async () => {
  const readme = readFileSync(new URL('../../../../libs/policy/README.md', import.meta.url), 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  assert.ok(example);
  // Next to the compiled files, where #libs/* can be resolved.
  const file = new URL(`readme-example-${process.pid}.mjs`, import.meta.url);
  writeFileSync(file, example);
  try {
    await import(file.href);
  } finally {
    rmSync(file);
  }
});
