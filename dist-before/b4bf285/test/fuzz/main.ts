import { FUZZED_APIS, fuzzHttp } from './fuzz-http.js';

// npm run fuzz:http -- [count for each API] [seed] [APIs…]
const [count = '100000', seed = '1', ...wanted] = process.argv.slice(2);
const apis = FUZZED_APIS.filter((api) => wanted.length === 0 || wanted.includes(api));
const report = await fuzzHttp(Number(count), Number(seed), apis);
process.stdout.write(`${JSON.stringify(report.statuses)}\n${report.findings.slice(0, 50).join('\n')}\n`);
process.stdout.write(
  `${count} requests to each of ${apis.join(', ')}, seed ${seed}, ${report.perSecond}/s: ${report.findings.length} findings\n`,
);
process.exitCode = report.findings.length === 0 ? 0 : 1;
