// npm run fuzz:rpc [-- COUNT [SEED]]
import { startBroker } from '#testing/broker';
import { runFuzz } from './fuzz.js';

const [count = '100000', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const broker = await startBroker({ own: true });
try {
  console.log(`seed ${seed}`);
  console.log(JSON.stringify(await runFuzz(broker.url, Number(count), Number(seed), 100 * 2 ** 20), null, 2));
} finally {
  await broker.stop();
}
