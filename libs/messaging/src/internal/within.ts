import { MessagingError } from '../errors.js';

/** Rejects with BrokerUnavailable when the broker has not done its part in time. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = `the message broker did not answer within ${Math.round(ms)} ms`;
    timer = setTimeout(() => reject(new MessagingError('BrokerUnavailable', text)), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
