// Reads a second, CPU and memory by numbers of processes: the Compute API's in one gateway, and the worker's.
//   npm run bench:scale [-- SECONDS]
import { loadavg } from 'node:os';
import { runPoint } from './point.js';

const seconds = Number(process.argv[2] ?? 8);
if (!(seconds > 0)) {
  console.error('expected seconds, greater than 0');
  process.exit(2);
}
const points = [
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
  [2, 3],
  [2, 4],
] as const;

console.log(`load of the machine before: ${loadavg()[0]?.toFixed(1)}`);
console.log('| gateway | worker | reads/s | p50 ms | p99 ms | CPU ms a read: gateway, worker, RabbitMQ, PostgreSQL |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [gateway, worker] of points) {
  const { rate, p50, p99, cpu, memory } = await runPoint(gateway, worker, seconds * 1000);
  const parts = ['gateways', 'workers', 'RabbitMQ', 'PostgreSQL'].map((part) => (cpu[part] ?? 0).toFixed(2));
  console.log(`| ${gateway} | ${worker} | ${rate} | ${p50} | ${p99} | ${parts.join(', ')} |`);
  console.log(`  MiB: ${memory.join(', ')}`);
}
