import { startBroker } from '#testing/broker';
import { createTransport } from '../src/index.js';
import { describeSemantics } from './semantics.js';
import type { Bus } from './semantics.js';
import { describeUpgrades } from './upgrade-semantics.js';

async function openBus(): Promise<Bus> {
  const broker = await startBroker();
  return {
    open: (settings, observer = {}) => createTransport({ url: broker.url, observer, ...settings }),
    close: () => broker.stop(),
  };
}

describeSemantics('rabbit', openBus);
describeUpgrades('rabbit', openBus);
