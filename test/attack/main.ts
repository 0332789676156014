import { parseArgs } from 'node:util';
import { play } from './play.js';
import { FORMS } from './target.js';

// npm run attack -- [--form embedded|pair] [--only ATTACK…] [--sample] [--seed N]
const { values } = parseArgs({
  options: {
    form: { type: 'string', multiple: true },
    only: { type: 'string', multiple: true },
    sample: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const SHOWN = 100;
let count = 0;
for (const form of FORMS.filter((one) => values.form?.includes(one) ?? true)) {
  const played = play(form, { full: !values.sample, seed: Number(values.seed), only: values.only ?? [] });
  for await (const { attack, tried, findings, seconds } of played) {
    count += findings.length;
    process.stdout.write(
      findings
        .slice(0, SHOWN)
        .map((finding) => `  ${finding}\n`)
        .join(''),
    );
    process.stdout.write(`${form} ${attack}: ${tried} tried, ${findings.length} findings, ${seconds.toFixed(1)} s\n`);
  }
}
process.exitCode = count === 0 ? 0 : 1;
