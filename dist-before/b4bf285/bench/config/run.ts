// What the configuration library costs a program at its start: whole fresh processes, user and system CPU of each as
// the kernel counts it, in turn with an empty script. See README.md beside the source.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const index = new URL('../../libs/config/src/index.js', import.meta.url).href;
const rounds = Number(process.argv[2] ?? 40);
if (!Number.isInteger(rounds) || rounds < 2) throw new RangeError('expected the number of rounds, at least 2');

const cpuMs = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1000);
});`;
const load = `const { allOptionGroups, loadConfiguration } = await import(${JSON.stringify(index)});
const config = loadConfiguration({
  program: 'albireo-gateway', version: '1', argv: [], groups: allOptionGroups, searchPath: [],
  env: { OS_DEFAULT__DEBUG: 'true', OS_API__MAX_LIMIT: '500', OS_DEFAULT__TRANSPORT_URL: 'rabbit://u:p@h/' },
});
for (const groupClass of allOptionGroups) config.get(groupClass);`;

const scripts = {
  'empty script': cpuMs,
  'modules only': `${cpuMs}\nawait import(${JSON.stringify(index)});`,
  'all options loaded': `${cpuMs}\n${load}`,
};

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

const folder = mkdtempSync(join(tmpdir(), 'albireo-bench-'));
try {
  const samples = Object.entries(scripts).map(([name, text], number) => {
    const file = join(folder, `${number}.mjs`);
    writeFileSync(file, text);
    return { name, file, spent: [] as number[] };
  });
  for (let round = 0; round < rounds; round += 1) {
    for (const { file, spent } of samples) {
      const { stdout, status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
      spent.push(Number(stdout));
    }
  }
  const empty = samples[0]?.spent ?? [];
  for (const { name, spent } of samples) {
    const [least, middle] = [Math.min(...spent), median(spent)];
    const more = [least - Math.min(...empty), middle - median(empty)].map((value) => value.toFixed(1));
    console.log(
      `${name.padEnd(18)}  CPU ms: least ${least.toFixed(1)}, median ${middle.toFixed(1)}; ` +
        `above the empty script: ${more.join(', ')}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
