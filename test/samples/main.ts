// node dist/test/samples/main.js [nova|neutron|keystone|glance …]: plays the samples against an embedded cloud.
//   ALBIREO_TEST_API_SAMPLES=DIR   folders nova, neutron, keystone, glance of their repositories' samples
import { join } from 'node:path';
import { ApiClient } from '#testing/api-client';
import { startEmbedded } from '#testing/stack';
import { sampleApis, sampleEnvironment } from './apis.js';
import { Player } from './replay.js';

const samples = process.env['ALBIREO_TEST_API_SAMPLES'];
if (samples === undefined) throw new Error('ALBIREO_TEST_API_SAMPLES names no folder');
const wanted = process.argv.slice(2);
for (const [name, api] of Object.entries(sampleApis)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const stack = await startEmbedded({ env: sampleEnvironment });
  const client = new ApiClient(stack.ports);
  await client.login();
  const { findings, played } = await new Player(join(samples, name), client, api).play().finally(() => stack.stop());
  for (const { sample, differences } of findings) {
    console.log(`${name}/${sample}`);
    for (const line of differences) console.log(`    ${line}`);
  }
  console.log(`${name}: ${played.size} samples played, ${findings.length} answers differ`);
}
