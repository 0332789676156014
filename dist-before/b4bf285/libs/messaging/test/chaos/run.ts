// npm run chaos:rpc [-- ROUNDS [CALLS_PER_SECOND]]
import { assertSurvived } from './assert-survived.js';
import { runChaos } from './chaos.js';

const [rounds = '20', rate = '500'] = process.argv.slice(2);
const result = await runChaos({
  rounds: Number(rounds),
  callsPerSecond: Number(rate),
  loadMs: 1_000,
  silenceMs: 12_000,
});
const { recoveries, ...rest } = result;
for (const step of new Set(recoveries.map((each) => each.step))) {
  const times = recoveries.filter((each) => each.step === step).map((each) => each.ms);
  console.log(`${step}: ${times.length} times, answered again after at most ${Math.round(Math.max(...times))} ms`);
}
console.log(JSON.stringify(rest, null, 2));
assertSurvived(result, 2_000);
