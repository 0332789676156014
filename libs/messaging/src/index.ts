// oslo.messaging in TypeScript: calls and casts over RabbitMQ or within a process.
export { call, cast, defineContract, type } from './contract.js';
export type {
  ArgumentsClass,
  ArgumentsOf,
  CallMethod,
  CallName,
  CastMethod,
  CastName,
  Contract,
  Method,
  MethodName,
  Methods,
  MethodsOf,
  ResultOf,
  TypeToken,
} from './contract.js';
