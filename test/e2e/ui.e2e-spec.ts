// A browser opens the page of the health port: logs in, sees what is there change, and turns faults and snapshots on.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser, browserFile } from '#testing/browser';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';

const TEXT = `document.querySelector('main').innerText`;
const press = (title: string, inside = 'main'): string =>
  `[...document.querySelectorAll(${JSON.stringify(`${inside} button`)})].find((one) => one.textContent === ${JSON.stringify(title)}).click()`;

describe('the page on the health port', { timeout: 240_000 }, () => {
  const albireo = new CloudCommand();
  let variables: Record<string, string>;
  let url: string;
  before(async () => {
    await albireo.succeed([
      'start',
      '--name',
      'page',
      '--detach',
      '--ephemeral',
      '--port-base',
      '0',
      '--seed',
      'devstack',
    ]);
    variables = await albireo.variables('page');
    url = variables['ALBIREO_UI_URL'] ?? '';
  });
  after(() => albireo.close());

  it('is whole, small, and lets nothing in that is not its own', async () => {
    const loaded = ['', 'app.mjs', 'dom.mjs', 'style.css', 'icon.svg'];
    const answers = await Promise.all(loaded.map((name) => fetch(`${url}/${name}`)));
    for (const { status, headers } of answers) {
      assert.equal(status, 200);
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self'; /);
    }
    assert.equal((await fetch(`${url}/../secrets`)).status, 404);
    assert.equal((await fetch(`${url}/nothing.mjs`)).status, 404);
    assert.equal((await fetch(`${url}/api/control/v1/status`)).status, 401);
    assert.equal((await fetch(`${url}/api/metadata/latest`)).status, 404);
    // A member of a project is no administrator.
    const member = await new CloudClient({
      ...variables,
      OS_USERNAME: 'demo',
      OS_PASSWORD: 'secret',
      OS_PROJECT_NAME: 'demo',
    }).logIn();
    const refused = await fetch(`${url}/api/control/v1/snapshots`, { headers: { 'x-auth-token': member.token } });
    assert.equal(refused.status, 401);
  });

  it('takes no administrator of a domain for one of the cloud', async () => {
    const cloud = await new CloudClient(variables).logIn();
    const list = async (what: string): Promise<string> => {
      const { body } = await cloud.api('identity', 'GET', `/${what}`);
      return Object.values(body as Record<string, { id: string }[]>).find(Array.isArray)?.[0]?.id ?? '';
    };
    const [demo, role] = [await list('users?name=demo'), await list('roles?name=admin')];
    assert.equal((await cloud.api('identity', 'PUT', `/domains/default/users/${demo}/roles/${role}`)).status, 204);
    const user = { id: demo, password: 'secret' };
    const auth = { identity: { methods: ['password'], password: { user } }, scope: { domain: { id: 'default' } } };
    const { status, headers } = await cloud.api('identity', 'POST', '/auth/tokens', { auth });
    assert.equal(status, 201);
    const token = headers.get('x-subject-token') ?? '';
    const refused = await fetch(`${url}/api/control/v1/snapshots`, { headers: { 'x-auth-token': token } });
    assert.equal(refused.status, 401);
  });

  it('shows what is there, and does what the commands do', { skip: browserFile === undefined }, async () => {
    const cloud = await new CloudClient(variables).logIn();
    const browser = await Browser.open(url);
    try {
      await browser.send('Log.enable');
      await browser.until(`document.querySelector('form.login button')?.textContent`, /Log in/);
      const password = JSON.stringify(variables['OS_PASSWORD']);
      const logIn = (secret: string): Promise<unknown> =>
        browser.evaluate(
          `document.querySelector('input[name=password]').value = ${secret}; document.querySelector('form.login button').click()`,
        );
      await logIn('"wrong"');
      await browser.until(TEXT, /Wrong user, password or project/);
      await logIn(password);
      await browser.until(`document.querySelector('nav').innerText`, /Resources[^]*Faults[^]*Snapshots/);

      await browser.evaluate(press('Networks'));
      await browser.until(TEXT, /private/);
      // A name is a text, whatever it looks like.
      await cloud.api('network', 'POST', '/v2.0/networks', { network: { name: '<img src=x onerror=alert(1)>' } });
      await browser.until(TEXT, /<img src=x onerror/);
      await browser.evaluate(`location.hash = 'topology'`);
      await browser.until(`document.querySelector('svg.topology')?.textContent`, /public \(external\)[^]*router1/);

      await browser.evaluate(`location.hash = 'faults'`);
      await browser.until(TEXT, /rate-limit/);
      const toggle = `[...document.querySelectorAll('label.switch')].find((one) => one.textContent === 'rate-limit').querySelector('input')`;
      await browser.evaluate(`${toggle}.click()`);
      await browser.until(`${toggle}.checked`, /true/);
      await browser.until(TEXT, /rate-limit[^]*0\s+0\s+on/);
      // The page itself is not hit, and uses nothing up.
      await browser.evaluate(`location.hash = 'resources'`);
      await browser.until(TEXT, /private/);
      const hit = await cloud.api('network', 'GET', '/v2.0/networks');
      assert.equal(hit.status, 429);
      await browser.evaluate(`location.hash = 'faults'`);
      await browser.until(TEXT, /rate-limit[^]*1\s+1\s+on/);
      await browser.evaluate(`${toggle}.click()`);
      await browser.until(TEXT, /No rule is set/);

      await browser.evaluate(`location.hash = 'snapshots'`);
      await browser.until(TEXT, /seed/);
      await browser.evaluate(`document.querySelector('input[placeholder=Name]').value = 'mine'`);
      await browser.evaluate(press('Create'));
      await browser.until(TEXT, /mine[^]*Created in \d+ ms/);
      await cloud.api('network', 'POST', '/v2.0/networks', { network: { name: 'later' } });
      await browser.evaluate(press('Restore', 'tr:first-child'));
      await browser.until(TEXT, /Restored mine in \d+ ms/);
      const { body } = await cloud.api('network', 'GET', '/v2.0/networks?name=later');
      assert.deepEqual(body, { networks: [] });
      await browser.evaluate(`document.querySelector('input[placeholder="2h"]').value = '10m'`);
      await browser.evaluate(press('Advance'));
      await browser.until(TEXT, /600 s ahead of the machine/);

      await browser.evaluate(`location.hash = 'events'`);
      await cloud.api('network', 'POST', '/v2.0/networks', { network: { name: 'seen' } });
      await browser.until(TEXT, /network\.network_create/);
      // What the page itself asks is no event; what the seed asked at the start is.
      const [latest = ''] = String(await browser.evaluate(TEXT)).split('network.router_add_router_interface');
      assert.doesNotMatch(latest, /project_list|server_list|subnet_list/);
      await browser.evaluate(`location.hash = 'parked'`);
      await browser.until(TEXT, /No message is parked/);
      await browser.evaluate(`location.hash = 'coverage'`);
      await browser.until(TEXT, /tempest identity[^]*Network: \d+ resources, \d+ methods of paths/);
      const asked = await browser.evaluate(
        `performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin).filter((one) => one !== location.origin).join()`,
      );
      assert.equal(asked, '');
      const bytes = await browser.evaluate(
        `performance.getEntriesByType('resource').filter(({ name }) => !name.includes('/api/')).reduce((sum, one) => sum + one.decodedBodySize, 0)`,
      );
      assert.ok(Number(bytes) > 10_000 && Number(bytes) <= 150_000, String(bytes));
    } finally {
      await browser.close();
    }
  });
});
