// What there is of each API, and what suites say of it: a page of the docs, and what the page of the health port shows.
import { readFileSync } from 'node:fs';
import { declaredRoutes } from '../../dist/test/attack/routes.js';
import { coverageOf, coveragePage } from '../../dist/test/coverage/coverage.js';

const results = JSON.parse(readFileSync(new URL('../../test/tempest/results.json', import.meta.url), 'utf8'));
let found;
const coverage = () => (found ??= declaredRoutes().then((routes) => coverageOf(routes, results)));

export const files = [
  { path: 'docs/coverage.md', text: async () => coveragePage(await coverage()) },
  { path: 'apps/server/page/coverage.json', text: async () => `${JSON.stringify(await coverage())}\n` },
];
