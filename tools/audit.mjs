// Asks the registry for known holes in the production packages: exit 1 for one of level high or critical. A registry
// that answers no audit is said, and is no failure.
//   node tools/audit.mjs
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', timeout: 120_000 });
let report = {};
try {
  report = JSON.parse(stdout);
} catch {
  // npm printed no JSON at all: the same as no audit.
}
const found = report.metadata?.vulnerabilities;
if (found === undefined) {
  console.log(`no audit: the registry answered ${report.statusCode ?? 'nothing'}`);
} else {
  console.log(
    Object.entries(found)
      .map(([level, count]) => `${level} ${count}`)
      .join(', '),
  );
  for (const [name, { severity, range }] of Object.entries(report.vulnerabilities ?? {})) {
    console.log(`${severity}: ${name} ${range}`);
  }
  if (found.high + found.critical > 0) process.exitCode = 1;
}
