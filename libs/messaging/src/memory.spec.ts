import { createTransport } from './index.js';
import { describeSemantics } from '../test/semantics.js';

describeSemantics('memory', async () => ({
  open: (settings, observer = {}) => createTransport({ url: 'memory://semantics', observer, ...settings }),
  close: async () => undefined,
}));
