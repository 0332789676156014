import { fuzzHttp } from './fuzz-http.js';

// npm run fuzz:http -- [count] [seed]
const [count = '100000', seed = '1'] = process.argv.slice(2);
const report = await fuzzHttp(Number(count), Number(seed));
process.stdout.write(`${JSON.stringify(report.statuses)}\n${report.findings.slice(0, 50).join('\n')}\n`);
process.stdout.write(`${count} requests, seed ${seed}: ${report.findings.length} findings\n`);
process.exitCode = report.findings.length === 0 ? 0 : 1;
