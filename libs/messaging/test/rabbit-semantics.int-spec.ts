import { startBroker } from '#testing/broker';
import { createTransport } from '../src/index.js';
import { describeSemantics } from './semantics.js';

describeSemantics('rabbit', async () => {
  const broker = await startBroker();
  return {
    open: (settings, observer = {}) => createTransport({ url: broker.url, observer, ...settings }),
    close: () => broker.stop(),
  };
});
