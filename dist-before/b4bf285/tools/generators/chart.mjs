// Parts of the Helm chart: the schema of its values, the table in its README, and what it knows about options.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allOptionGroups, declarationOf, loadInspection, programs } from '../../dist/libs/config/src/index.js';
import { dashboard } from './chart/dashboard.mjs';
import { configDefinitions, optionFacts } from './chart/options.mjs';
import { readValues, valuesTable } from './chart/values.mjs';

const folder = 'deploy/helm/albireo';
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (name) => readFileSync(join(root, folder, name), 'utf8');
const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;
const declarations = allOptionGroups.map(declarationOf);
const { configurationSchema } = await loadInspection();

const texts = { type: 'object', additionalProperties: { type: 'string' } };
const quantities = { type: 'object', additionalProperties: { type: ['string', 'number'] } };

function schema() {
  return {
    // Helm 3 knows this draft best.
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart albireo',
    type: 'object',
    additionalProperties: false,
    // Helm itself adds `global`.
    properties: { global: { type: 'object' }, ...readValues(read('values.yaml')).properties },
    definitions: {
      texts,
      resources: {
        type: 'object',
        additionalProperties: false,
        properties: { requests: quantities, limits: quantities },
      },
      podTemplate: {
        type: 'object',
        additionalProperties: false,
        properties: {
          metadata: { type: 'object' },
          // These lists would take the place of the chart's own: other values add to them.
          spec: { type: 'object', properties: { containers: false, initContainers: false, volumes: false } },
        },
      },
      ...configDefinitions(configurationSchema(allOptionGroups, programs), declarations),
    },
  };
}

const [begin, end] = ['<!-- values: made by "npm run generate" -->', '<!-- end of values -->'];

function readme() {
  const text = read('README.md');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${folder}/README.md: expected the marks ${begin} and ${end}`);
  const table = valuesTable(readValues(read('values.yaml')).rows);
  return `${text.slice(0, from)}${begin}\n\n${table}\n\n${text.slice(to)}`;
}

export const files = [
  { path: `${folder}/values.schema.json`, text: () => json(schema()) },
  { path: `${folder}/files/options.json`, text: () => json(optionFacts(declarations)) },
  { path: `${folder}/files/dashboard.json`, text: () => json(dashboard()) },
  { path: `${folder}/README.md`, text: readme },
];
