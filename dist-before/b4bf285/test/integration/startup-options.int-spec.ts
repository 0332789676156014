// What the real programs make of options, files and flags, row by row of docs/startup-conformance.md.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Program, runProgram } from '#testing/program';
import { get } from '../../libs/launcher/test/fixtures/launched-program.js';

const folder = mkdtempSync(join(tmpdir(), 'albireo-options-'));
after(() => rmSync(folder, { recursive: true }));

const working = {
  OS_DEFAULT__TRANSPORT_URL: 'rabbit://guest:guest@127.0.0.1:1/',
  OS_IDENTITY__SIGNING_KEYS: 'a-key-of-this-test-which-is-long-enough-to-sign',
  OS_HEALTH__PORT: '-1',
  OS_DEFAULT__ENABLED_APIS: 'osapi_compute',
  OS_DEFAULT__OSAPI_COMPUTE_LISTEN: '127.0.0.1',
  OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: '0',
  OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '1',
};

function file(path: string, lines: readonly string[]): string {
  const whole = join(folder, path);
  writeFileSync(whole, `${lines.join('\n')}\n`);
  return whole;
}

/** The output of the gateway until its worker runs, and that of its end by SIGTERM. */
async function outputOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const program = new Program('albireo-gateway', { args, env: { ...working, ...env } });
  try {
    await program.waitForOutput(/no connection to the broker/);
    assert.equal(await program.stop(), 0, program.output);
    return program.output;
  } finally {
    await program.kill();
  }
}

/** Our own paste file with a pipeline that has osprofiler, as upstream's. */
function profiledPaste(): string {
  const own = readFileSync(new URL('../../../etc/api-paste.ini', import.meta.url), 'utf8');
  const text = own.replace(/(\[pipeline:oscomputeversions\]\npipeline = cors )/, '$1osprofiler ');
  assert.notEqual(text, own);
  const factory = 'paste.filter_factory = osprofiler.web:WsgiMiddleware.factory';
  return file('profiled.ini', [text, '[filter:osprofiler]', factory]);
}

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

describe('the gateway at its start', () => {
  it('says its version once, warns of old names, and lists what has no use here', async () => {
    const output = await outputOf([
      '--config-file',
      file('old.conf', [
        '[DEFAULT]',
        'logdir =',
        'backdoor_socket = /run/nova-{pid}.sock',
        'run_external_periodic_tasks = true',
        'rpc_state_report_workers = 1',
        '[wsgi]',
        'default_pool_size = 1000',
        '[workarounds]',
        'disable_compute_service_check_for_ffu = true',
        '[profiler]',
        'enabled = true',
        'hmac_keys = a-secret-of-the-profiler',
      ]),
    ]);
    assert.equal(count(output, /INFO .*albireo-gateway version \d+\.\d+\.\d+/g), 1);
    assert.equal(
      count(output, /WARNING .*old\.conf:2: \[DEFAULT\] logdir is an old name: use \[DEFAULT\] log_dir/g),
      1,
    );
    for (const name of [
      '[DEFAULT] backdoor_socket',
      '[DEFAULT] run_external_periodic_tasks',
      '[DEFAULT] rpc_state_report_workers',
      '[wsgi] default_pool_size',
      '[workarounds] disable_compute_service_check_for_ffu',
      '[profiler] enabled',
    ]) {
      assert.equal(output.split(`${name} is not used here`).length, 2, `${name}:\n${output}`);
    }
    assert.doesNotMatch(output, /a-secret-of-the-profiler/);
  });

  it('leaves the variables of WSGI programs alone, and writes no options without log_options', async () => {
    const output = await outputOf(['--debug'], {
      OS_DEFAULT__LOG_OPTIONS: 'false',
      OS_NOVA_CONFIG_DIR: '/nonexistent',
      OS_NOVA_CONFIG_FILES: 'nova.conf',
      OS_NEUTRON_CONFIG_FILES: 'neutron.conf',
    });
    assert.match(output, / DEBUG /);
    assert.doesNotMatch(output, /transport_url +=|config files:/);
  });

  it('passes requests on through a pipeline with osprofiler', async () => {
    const env = { ...working, OS_WSGI__API_PASTE_CONFIG: profiledPaste() };
    const program = new Program('albireo-gateway', { env });
    try {
      const port = Number((await program.waitForOutput(/osapi_compute listening on 127\.0\.0\.1:(\d+)/))[1]);
      assert.equal((await get(port, '/')).status, 200);
      assert.equal(await program.stop(), 0);
    } finally {
      await program.kill();
    }
  });

  it('takes files in order, then directories, then the environment, then flags, whatever their order', async () => {
    mkdirSync(join(folder, 'conf.d'));
    file('conf.d/1.conf', ['[DEFAULT]', 'report_interval = 21', 'report_interval = 22']);
    file('conf.d/2.conf', ['[DEFAULT]', 'service_down_time = $report_interval', 'drain_delay = 0.5']);
    const last = file('last.conf', ['[DEFAULT]', 'service_down_time = 99', 'drain_delay = 7', 'state_path = /a-file']);
    const output = await outputOf(
      [
        '--debug',
        '--state-path',
        '/a-flag',
        '--config-dir',
        join(folder, 'conf.d'),
        '--config-file',
        file('first.conf', ['[DEFAULT]', 'backlog = 7']),
        '--config-file',
        last,
      ],
      { OS_DEFAULT__STATE_PATH: '/a-variable', OS_DEFAULT__DRAIN_DELAY: '0.25' },
    );
    for (const [name, value] of Object.entries({
      report_interval: '22',
      service_down_time: '22',
      drain_delay: '0.25',
      state_path: '/a-flag',
      backlog: '7',
    })) {
      assert.match(output, new RegExp(`DEBUG .*\\] ${name} += ${value}\n`));
    }
    assert.match(output, /config files: .*first\.conf.*last\.conf.*1\.conf.*2\.conf/);
  });
});

describe('the programs', () => {
  it("have nova's and neutron's addresses and ports where nothing is set", async () => {
    const { code, output } = await runProgram('albireo-manage', {
      args: ['config', 'show', '--program', 'albireo-gateway'],
      env: { OS_DEFAULT__TRANSPORT_URL: working.OS_DEFAULT__TRANSPORT_URL },
    });
    assert.equal(code, 0, output);
    for (const [api, port] of Object.entries({ osapi_compute: 8774, metadata: 8775, network: 9696 })) {
      assert.match(output, new RegExp(`^${api}_listen = 0\\.0\\.0\\.0$`, 'm'));
      assert.match(output, new RegExp(`^${api}_listen_port = ${port}$`, 'm'));
    }
    for (const [name, value] of Object.entries({
      graceful_shutdown_timeout: '60',
      restart_method: 'mutate',
      report_interval: '10',
      service_down_time: '60',
      rpc_response_timeout: '60',
      long_rpc_timeout: '1800',
      backlog: '4096',
      base_mac: 'fa:16:3e:00:00:00',
    })) {
      assert.match(output, new RegExp(`^${name} = ${value}$`, 'm'));
    }
  });

  it('find their files, and a paste file without a directory, in ~/.albireo', async () => {
    mkdirSync(join(folder, '.albireo'));
    file('.albireo/albireo.conf', ['[wsgi]', 'api_paste_config = own-paste.ini']);
    const paste = file('.albireo/own-paste.ini', ['[composite:metadata]', 'use = egg:Paste#urlmap']);
    const { code, output } = await runProgram('albireo-gateway', { env: { ...working, HOME: folder } });
    assert.equal(code, 1);
    assert.match(output, /WARNING .*enabled_apis: osapi_compute is not started: /);
    assert.ok(output.includes(paste), output);
  });

  it('refuse a base_mac that is none, before anything is started', async () => {
    const { code, output } = await runProgram('albireo-gateway', {
      env: { ...working, OS_DEFAULT__BASE_MAC: 'fa:16' },
    });
    assert.equal(code, 1);
    assert.match(output, /^albireo-gateway: error: OS_DEFAULT__BASE_MAC: \[DEFAULT\] base_mac: .*"fa:16"/);
  });
});
