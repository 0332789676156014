// Sample file, reference page and schema of all options.
import { allOptionGroups, configurationSchema, referencePage, sampleFile } from '../../dist/libs/config/src/index.js';

export const files = [
  { path: 'etc/albireo.conf.sample', text: () => sampleFile(allOptionGroups) },
  { path: 'docs/configuration-reference.md', text: () => referencePage(allOptionGroups) },
  {
    path: 'docs/configuration.schema.json',
    text: () => `${JSON.stringify(configurationSchema(allOptionGroups), undefined, 2)}\n`,
  },
];
