// node dist/test/samples/main.js [nova|neutron|keystone|glance …] [--newest] [--write]
//   Plays the originals' API samples against an embedded cloud and prints where answers differ in keys or types.
//   --newest   of each request only the newest microversion that has samples
//   --write    makes what differs the list of known differences
//   ALBIREO_TEST_API_SAMPLES=DIR   what tools/fetch-api-samples.sh DIR made
import { playSamples } from './apis.js';
import { judged, writeKnown } from './known-differences.js';

const samples = process.env['ALBIREO_TEST_API_SAMPLES'];
if (samples === undefined) throw new Error('ALBIREO_TEST_API_SAMPLES names no folder; see tools/fetch-api-samples.sh');
const args = process.argv.slice(2);
const outcomes = await playSamples(
  samples,
  args.filter((arg) => !arg.startsWith('--')),
  args.includes('--newest'),
);
if (args.includes('--write')) writeKnown(outcomes);
for (const outcome of outcomes) {
  const { name, findings, played } = outcome;
  for (const { sample, differences } of findings) {
    console.log(`${name}/${sample}`);
    for (const line of differences) console.log(`    ${line}`);
  }
  const { added, gone } = judged(outcome);
  console.log(`${name}: ${played.size} samples played, ${findings.length} requests differ, ${added.length} lines new`);
  for (const line of gone) console.log(`    known, but gone: ${line}`);
  if (added.length > 0) process.exitCode = 1;
}
