// Sample file, reference page and schema of all options.
import { allOptionGroups, loadInspection, programs } from '../../dist/libs/config/src/index.js';

const { configurationSchema, referencePage, sampleFile } = await loadInspection();

export const files = [
  { path: 'etc/albireo.conf.sample', text: () => sampleFile(allOptionGroups, programs) },
  { path: 'docs/configuration-reference.md', text: () => referencePage(allOptionGroups, programs) },
  {
    path: 'docs/configuration.schema.json',
    text: () => `${JSON.stringify(configurationSchema(allOptionGroups, programs), undefined, 2)}\n`,
  },
];
