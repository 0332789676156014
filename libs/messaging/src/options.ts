// The options of the bus, separate from the code that reads them, so that importing them loads no other package.
export { MessagingBehaviourOptions, MessagingOptions, NotificationOptions } from './options/messaging.options.js';
export { RabbitOptions } from './options/rabbit.options.js';
export { readRabbitQuery } from './options/rabbit-query.js';
export type { RabbitQuery } from './options/rabbit-query.js';
