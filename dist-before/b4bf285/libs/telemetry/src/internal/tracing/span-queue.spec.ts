import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Span } from '../../tracing/span.js';
import { SpanQueue, spanCounter } from './span-queue.js';
import type { SpanExporter } from './span-queue.js';

const span = (): Span => new Span('server', 'GET', 'a'.repeat(32), 'b'.repeat(16), 1, undefined, () => undefined);
const never = new Promise<void>(() => undefined);
const settings = { size: 10, batch: 4, intervalMs: 3_600_000 };

async function counts(): Promise<Record<string, number>> {
  const { values } = await spanCounter().get();
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels['outcome']), value]));
}

async function difference(work: () => Promise<void>): Promise<Record<string, number>> {
  const before = await counts();
  await work();
  const after = await counts();
  return Object.fromEntries(Object.entries(after).map(([outcome, value]) => [outcome, value - (before[outcome] ?? 0)]));
}

describe('SpanQueue', () => {
  it('keeps one batch under way and a bounded number in line while a collector hangs, and counts the rest', async () => {
    let batches = 0;
    const hangs: SpanExporter = { export: () => ((batches += 1), never), close: async () => undefined };
    const change = await difference(async () => {
      const queue = new SpanQueue(hangs, settings);
      for (let n = 0; n < 30; n += 1) queue.add(span());
      await queue.close(1);
    });
    assert.equal(batches, 1);
    assert.deepEqual(change, { exported: 0, failed: 0, dropped: 26 });
  });

  it('counts what a collector refuses, and does not ask it again at the end', async () => {
    let batches = 0;
    const refuses: SpanExporter = {
      export: async () => {
        batches += 1;
        throw new Error('connect ECONNREFUSED');
      },
      close: async () => undefined,
    };
    const change = await difference(async () => {
      const queue = new SpanQueue(refuses, settings);
      for (let n = 0; n < 9; n += 1) queue.add(span());
      await queue.close(10_000);
    });
    assert.ok(batches <= 3, String(batches));
    assert.equal((change['failed'] ?? 0) + (change['dropped'] ?? 0), 9);
  });

  it('sends all of them at the end', async () => {
    const sizes: number[] = [];
    const takes: SpanExporter = {
      export: async (spans) => void sizes.push(spans.length),
      close: async () => undefined,
    };
    const change = await difference(async () => {
      const queue = new SpanQueue(takes, settings);
      for (let n = 0; n < 6; n += 1) queue.add(span());
      await queue.close(10_000);
    });
    assert.deepEqual(sizes, [4, 2]);
    assert.deepEqual(change, { exported: 6, failed: 0, dropped: 0 });
  });
});
