import { statfs } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { machineUptime } from '../drivers/machine-uptime.js';
import type { HostResources } from '../drivers/virt-driver.js';
import type { OpenHost } from './open-host.js';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** The resources of this machine, as the compute host `host`. */
export async function hostResources(
  { instancesPath, version, accelerator }: OpenHost,
  host: string,
): Promise<HostResources> {
  const { bsize, blocks } = await statfs(instancesPath);
  const count = cpus().length;
  const cpuInfo = {
    arch: 'x86_64',
    model: cpus()[0]?.model ?? '',
    topology: { sockets: 1, cores: count, threads: 1 },
    features: [],
    accelerator,
  };
  return {
    node: host,
    vcpus: count,
    memory: Math.floor(totalmem() / MIB),
    disk: Math.floor((bsize * blocks) / GIB),
    type: 'QEMU',
    version,
    cpuInfo,
    uptime: machineUptime(),
  };
}
