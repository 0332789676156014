// The options of the bus, apart from the code that reads them: no package is loaded for their sake.
export { MessagingBehaviourOptions, MessagingOptions, NotificationOptions } from './options/messaging.options.js';
export { RabbitOptions } from './options/rabbit.options.js';
export { readRabbitQuery } from './options/rabbit-query.js';
export type { RabbitQuery } from './options/rabbit-query.js';
