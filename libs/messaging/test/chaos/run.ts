// npm run chaos:rpc [-- ROUNDS [CALLS_PER_SECOND]]
import { assertSurvived } from './assert-survived.js';
import { runChaos } from './chaos.js';

const [rounds = '20', rate = '500'] = process.argv.slice(2);
const result = await runChaos(Number(rounds), Number(rate), 2_000);
console.log(JSON.stringify(result, null, 2));
assertSurvived(result, 2_000);
