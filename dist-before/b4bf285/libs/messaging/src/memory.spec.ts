import { createTransport } from './index.js';
import { describeSemantics } from '../test/semantics.js';
import { describeNotifications } from '../test/notify-semantics.js';
import { describeUpgrades } from '../test/upgrade-semantics.js';

describeSemantics('memory', async () => ({
  open: (settings, observer = {}) => createTransport({ url: 'memory://semantics', observer, ...settings }),
  close: async () => undefined,
}));

describeNotifications('memory', async () => ({
  open: (settings, observer = {}) => createTransport({ url: 'memory://notify', observer, ...settings }),
  close: async () => undefined,
}));

describeUpgrades('memory', async () => ({
  open: (settings, observer = {}) => createTransport({ url: 'memory://upgrade', observer, ...settings }),
  close: async () => undefined,
}));
