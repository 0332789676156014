import { MessagingError } from '../errors.js';

/** The longest wait of a Node timer; a longer one, or Infinity, would fire at once. */
const longestMs = 2 ** 31 - 1;

/** Rejects with BrokerUnavailable when the broker has not responded in time; Infinity waits forever. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = `the message broker did not answer within ${Math.round(ms)} ms`;
    timer = setTimeout(
      () => reject(new MessagingError('BrokerUnavailable', text)),
      Math.min(Math.max(0, ms), longestMs),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls `onLate` each time `ms` milliseconds pass without the broker's response. */
export async function tellingWhenLate<T>(ms: number, onLate: () => void, work: Promise<T>): Promise<T> {
  const timer = setInterval(onLate, ms).unref();
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
