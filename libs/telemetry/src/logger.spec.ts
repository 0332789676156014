import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonFormatter } from './internal/json-format.js';
import { defaultLineFormats, lineFormatter } from './internal/line-format.js';
import { LogLevelsTable } from './internal/log-levels-table.js';
import { maskText } from './internal/mask.js';
import { createContext } from './request-context.js';
import { setTrace } from './tracing/trace-context.js';

const record = {
  timeMs: new Date(2026, 10, 21, 21, 7, 55, 36).getTime(),
  level: 'INFO',
  logger: 'albireo.test',
  message: 'hello',
  context: undefined,
  fields: undefined,
  error: undefined,
} as const;

const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), flags: 1, traceState: undefined };

describe('lineFormatter', () => {
  const format = lineFormatter(defaultLineFormats);

  it('writes the form of oslo.log without a context', () => {
    assert.equal(format(record), `2026-11-21 21:07:55.036 ${process.pid} INFO albireo.test [-] hello\n`);
  });

  it('writes the ids of the context', () => {
    const context = createContext({ request_id: 'req-1', user_id: 'u', project_id: 'p', user_domain_id: 'default' });
    assert.equal(
      format({ ...record, context }),
      `2026-11-21 21:07:55.036 ${process.pid} INFO albireo.test [None req-1 u p - - default -] hello\n`,
    );
  });

  it('ends with the trace where there is one, or has it where the operator wants it', () => {
    const context = setTrace(createContext({ request_id: 'req-1' }), trace);
    assert.ok(format({ ...record, context }).endsWith(`hello trace_id=${trace.traceId}\n`));
    const own = lineFormatter({ ...defaultLineFormats, context: '%(trace_id)s %(span_id)s %(message)s' });
    assert.equal(own({ ...record, context }), `${trace.traceId} ${trace.spanId} hello\n`);
    assert.equal(own({ ...record, context: createContext() }), '- - hello\n');
  });

  it('gives the instance its place and other fields the end', () => {
    const line = format({ ...record, fields: { instance: 'i-1', left: 2, password: 'x' } });
    assert.ok(line.endsWith('albireo.test [-] [instance: i-1] hello left=2 password=***\n'), line);
  });

  it('repeats the prefix for each line of a stack, and tells the causes', () => {
    const lines = format({ ...record, error: new Error('outer', { cause: new Error('inner') }) }).split('\n');
    assert.ok(lines[1]?.includes('ERROR albireo.test Error: outer'));
    assert.ok(lines.some((line) => line.includes('Caused by: Error: inner')));
  });

  it('follows the format strings of the operator', () => {
    const own = lineFormatter({
      ...defaultLineFormats,
      date: '%H:%M',
      default: '%(asctime)s %(levelname)-8s|%(msecs)05d|%(message)s 100%% %(nonsense)s',
      debugSuffix: '<%(name)s>',
      instance: '{%(uuid)s}',
    });
    assert.equal(own({ ...record, level: 'DEBUG' }), '21:07 DEBUG   |00036|hello 100% %(nonsense)s <albireo.test>\n');
  });

  it('colours the level for a terminal', () => {
    const colored = lineFormatter({ ...defaultLineFormats, color: true });
    assert.ok(colored(record).includes('\u001B[36mINFO\u001B[0m'));
  });

  it('lets nobody forge a line', () => {
    assert.equal(
      format({ ...record, message: 'a\nb' })
        .trimEnd()
        .split('\n').length,
      1,
    );
  });
});

describe('jsonFormatter', () => {
  it('writes one object with the keys of oslo.log and masks secrets at any depth', () => {
    const format = jsonFormatter('%Y', { pid: 7, program: 'p', host: 'h' });
    const line: unknown = JSON.parse(format({ ...record, fields: { body: { adminPass: 'x' } } }));
    assert.equal(Reflect.get(Object(line), 'levelno'), 20);
    assert.equal(Reflect.get(Object(line), 'message'), 'hello');
    assert.deepEqual(Reflect.get(Object(line), 'extra'), { body: { adminPass: '***' } });
  });

  it('tells process, worker, request and trace', () => {
    const format = jsonFormatter('%Y', { pid: 7, program: 'albireo-gateway', host: 'h', worker: 'osapi_compute 1' });
    const context = setTrace(createContext({ request_id: 'req-1', user_id: 'u', project_id: 'p' }), trace);
    const line = JSON.parse(format({ ...record, context })) as Record<string, unknown>;
    const { process: pid, process_name: program, worker, trace_id: traceId, span_id: spanId } = line;
    assert.deepEqual(
      [pid, program, worker, traceId, spanId],
      [7, 'albireo-gateway', 'osapi_compute 1', trace.traceId, trace.spanId],
    );
    const shown = line['context'] as Record<string, unknown>;
    assert.deepEqual([shown['request_id'], shown['user_id'], shown['project_id']], ['req-1', 'u', 'p']);
  });
});

describe('LogLevelsTable', () => {
  it('takes the longest configured parent, and the root level from debug', () => {
    const levels = new LogLevelsTable(true, ['amqp=WARN', 'amqp.connection=ERROR', 'nonsense']);
    assert.equal(levels.thresholdOf('albireo.x'), 10);
    assert.equal(levels.thresholdOf('amqp.channel'), 30);
    assert.equal(levels.thresholdOf('amqp.connection.heartbeat'), 40);
  });
});

describe('maskText', () => {
  it('takes a moment for a long line of a client, whatever stands in it', () => {
    // Each took minutes when the time grew with the square of the length.
    for (const part of [
      'a',
      'a.b-',
      'password',
      '://x:',
      'x://',
      'token=',
      'token="',
      "token='",
      'secret ',
      'token=" \'',
    ]) {
      const line = `pass ${part.repeat(200_000 / part.length)}`;
      assert.ok(maskText(line).startsWith('pass '), part);
    }
  });

  it('hides passwords in URLs and assignments and leaves the rest', () => {
    assert.equal(maskText('rabbit://u:pw@h:5672/ is down'), 'rabbit://u:***@h:5672/ is down');
    assert.equal(maskText(`{"adminPass": "abc", "name": "n"}`), `{"adminPass": ***, "name": "n"}`);
    assert.equal(maskText('x.admin_Password=abc, old-token: "a b"'), 'x.admin_Password=***, old-token: ***');
    assert.equal(maskText('see http://host/path'), 'see http://host/path');
  });
});
