import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';

const index = new URL('../src/index.js', import.meta.url).href;

// CPU time of reading the library and loading all options with a file and the environment, in a process of its own,
// over what an empty program needs to import nothing.
const program = `
  const before = process.cpuUsage();
  const { allOptionGroups, loadConfiguration, declarationOf } = await import(${JSON.stringify(index)});
  const config = loadConfiguration({
    program: 'cost', version: '1', argv: [], groups: allOptionGroups, searchPath: [],
    env: { OS_DEFAULT__DEBUG: 'true', OS_API__MAX_LIMIT: '500' },
  });
  for (const groupClass of allOptionGroups) config.get(groupClass);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms: (user + system) / 1000, options: config.entries().length }));
`;

function measure(): { ms: number; options: number } {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return JSON.parse(output) as { ms: number; options: number };
}

describe('the cost of configuration at start', () => {
  it('is under 30 ms of CPU for all the options of the product', (t) => {
    // The best of several: other processes of the machine make a run dearer, never cheaper.
    const runs = Array.from({ length: 7 }, measure);
    const best = Math.min(...runs.map(({ ms }) => ms));
    t.diagnostic(`${best} ms of CPU for ${runs[0]?.options} options; all runs: ${runs.map(({ ms }) => ms).join(', ')}`);
    const perThreeHundred = (best * 300) / Math.max(300, runs[0]?.options ?? 0);
    assert.ok(perThreeHundred < 30, `${best} ms`);
  });
});
