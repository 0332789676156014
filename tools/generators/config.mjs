// Sample file, reference page and schema of all options.
import {
  allOptionGroups,
  configurationSchema,
  programs,
  referencePage,
  sampleFile,
} from '../../dist/libs/config/src/index.js';

export const files = [
  { path: 'etc/albireo.conf.sample', text: () => sampleFile(allOptionGroups, programs) },
  { path: 'docs/configuration-reference.md', text: () => referencePage(allOptionGroups, programs) },
  {
    path: 'docs/configuration.schema.json',
    text: () => `${JSON.stringify(configurationSchema(allOptionGroups, programs), undefined, 2)}\n`,
  },
];
