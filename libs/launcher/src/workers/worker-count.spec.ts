import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCgroupLimits } from './worker-count.js';
import { defaultWorkerCount } from './worker-count.js';

const files =
  (content: Record<string, string>) =>
  (path: string): string | undefined =>
    content[path];

describe('readCgroupLimits', () => {
  it('takes the least of all groups above, in version 2', () => {
    const limits = readCgroupLimits(
      files({
        '/proc/self/cgroup': '0::/pods/one\n',
        '/sys/fs/cgroup/pods/one/cpu.max': 'max 100000\n',
        '/sys/fs/cgroup/pods/cpu.max': '150000 100000\n',
        '/sys/fs/cgroup/pods/one/memory.max': '536870912\n',
        '/sys/fs/cgroup/pods/memory.max': 'max\n',
      }),
    );
    assert.deepEqual(limits, { cpus: 1.5, memoryBytes: 512 * 1024 * 1024 });
  });

  it('reads version 1, also when the path is that of the host', () => {
    const limits = readCgroupLimits(
      files({
        '/proc/self/cgroup': '4:memory:/docker/abc\n1:cpu,cpuacct:/docker/abc\n0::/\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      }),
    );
    assert.deepEqual(limits, { cpus: 2 });
  });

  it('finds no limit where nothing is mounted', () => {
    assert.deepEqual(
      readCgroupLimits(() => undefined),
      {},
    );
  });
});

describe('defaultWorkerCount', () => {
  const gib = 1024 ** 3;

  it('takes whole CPUs, as far as memory goes, and at least one', () => {
    assert.equal(defaultWorkerCount({ machineCpus: 8, cpus: 3.7, memoryBytes: 4 * gib }).workers, 3);
    assert.equal(defaultWorkerCount({ machineCpus: 8, cpus: 8, memoryBytes: gib / 2 }).workers, 4);
    assert.equal(defaultWorkerCount({ machineCpus: 8, cpus: 0.25, memoryBytes: gib / 16 }).workers, 1);
  });

  it('fits all services of a program into its memory together, those that are set included', () => {
    const small = { machineCpus: 2, cpus: 2, memoryBytes: gib / 2 };
    const five = Array.from({ length: 5 }, () => undefined);
    assert.equal(defaultWorkerCount(small, five).workers, 1);
    const big = { machineCpus: 8, cpus: 8, memoryBytes: 3 * gib };
    assert.equal(defaultWorkerCount(big, five).workers, 4);
    assert.equal(defaultWorkerCount(big, [...five, 14]).workers, 2);
    assert.equal(
      defaultWorkerCount(big, [undefined, undefined, 14]).reason,
      '5 (8 of 8 CPUs give 8, 3072 MiB at 128 MiB each give 24, 14 of them set, for 2 services)',
    );
  });

  it('tells why', () => {
    assert.equal(
      defaultWorkerCount({ machineCpus: 8, cpus: 1.5, memoryBytes: gib }).reason,
      '1 (1.5 of 8 CPUs give 1, 1024 MiB at 128 MiB each give 8 for one service)',
    );
  });
});
