// The page of tempest's results, from the last run of each group that was kept.
import { readFileSync } from 'node:fs';
import { report } from '../../dist/test/tempest/report.js';

const read = (file) => JSON.parse(readFileSync(new URL(`../../test/tempest/${file}`, import.meta.url), 'utf8'));

export const files = [{ path: 'docs/tempest.md', text: () => report(read('results.json'), read('reasons.json')) }];
