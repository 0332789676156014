// The real Horizon, in a browser: every page of it that has its service here, and what people do most often with it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browserFile } from '#testing/browser';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';
import { crawl } from '../dashboard/crawl.js';
import { Dashboard, missingHorizon } from '../dashboard/dashboard.js';
import { ofTheCloud } from '../dashboard/own-troubles.js';
import { Visitor } from '../dashboard/visitor.js';
import { furnish } from '../dashboard/world.js';

/** A folder for a picture of every page. */
const PICTURES = process.env['ALBIREO_TEST_SCREENSHOTS'];
const missing = missingHorizon !== false ? missingHorizon : browserFile === undefined ? 'needs a Chromium' : false;

describe("Horizon's pages", { timeout: 1_800_000, skip: missing }, () => {
  const albireo = new CloudCommand();
  let variables: Record<string, string>;
  let dashboard: Dashboard;
  before(async () => {
    await albireo.succeed([
      'start',
      '--name',
      'horizon',
      '--detach',
      '--ephemeral',
      '--port-base',
      '0',
      '--seed',
      'devstack',
    ]);
    variables = await albireo.variables('horizon');
    await furnish(variables);
    dashboard = await Dashboard.start(variables['OS_AUTH_URL'] ?? '');
  });
  after(async () => {
    await dashboard?.close();
    await albireo.close();
  });

  const visitAll = async (user: string, password: string, starts: readonly string[]): Promise<readonly string[]> => {
    const visitor = await Visitor.logIn(dashboard.url, user, password);
    const picture = (path: string): Promise<void> =>
      visitor.picture(PICTURES, `${user}${path}`.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 120));
    visitor.opened = picture;
    try {
      const visits = await crawl(visitor, starts, ({ path }) => picture(path));
      const troubled = visits.flatMap(({ path, trouble }) => {
        const ours = ofTheCloud(path, trouble);
        return ours.length === 0 ? [] : [{ path, trouble: ours }];
      });
      assert.deepEqual(troubled, [], dashboard.output.slice(-4_000));
      return visits.map(({ path }) => path);
    } finally {
      await visitor.close();
    }
  };

  it('of Project, Admin and Identity have no error for an administrator', async (t) => {
    const pages = await visitAll('admin', variables['OS_PASSWORD'] ?? '', [
      '/project/',
      '/admin/',
      '/identity/',
      '/settings/',
    ]);
    t.diagnostic(`${pages.length} pages and forms`);
    assert.ok(pages.length > 120, pages.join('\n'));
  });

  it('have none for a member of a project', async (t) => {
    const pages = await visitAll('demo', 'secret', ['/project/', '/identity/', '/settings/']);
    t.diagnostic(`${pages.length} pages and forms`);
    assert.ok(pages.length > 70, pages.join('\n'));
  });

  it('make a router, a server and its floating IP by their forms', async () => {
    const cloud = await new CloudClient({
      ...variables,
      OS_USERNAME: 'demo',
      OS_PASSWORD: 'secret',
      OS_PROJECT_NAME: 'demo',
    }).logIn();
    const visitor = await Visitor.logIn(dashboard.url, 'demo', 'secret');
    const fill = (id: string, value: string): string => `
      { const field = document.getElementById(${JSON.stringify(id)}); field.value = ${JSON.stringify(value)};
        field.dispatchEvent(new Event('input', { bubbles: true })); field.dispatchEvent(new Event('change', { bubbles: true })); }`;
    const choose = (id: string, text: string): string => `
      { const field = document.getElementById(${JSON.stringify(id)});
        field.value = [...field.options].find((one) => one.text.includes(${JSON.stringify(text)})).value;
        field.dispatchEvent(new Event('change', { bubbles: true })); }`;
    try {
      await visitor.go('/project/routers/create/');
      await visitor.run(`${fill('id_name', 'by-form')} ${choose('id_external_network', 'public')}
        document.querySelector('input[type=submit], .btn-primary[type=submit]').click();`);
      await visitor.until('location.pathname', /^\/project\/routers\/$/);
      await visitor.until('document.body.innerText', /by-form[^]*public/);

      await visitor.go('/project/instances/');
      await visitor.run(`document.querySelector('#instances__action_launch-ng').click();`);
      await visitor.until(`document.querySelector('.ng-wizard #name') !== null`, /true/);
      await visitor.still();
      const take = (step: string, row: string): Promise<unknown> =>
        visitor.run(`[...document.querySelectorAll('.wizard-nav li a')].find((one) => one.innerText.includes('${step}')).click();
          const table = [...document.querySelectorAll('.step')].find((one) => one.offsetParent !== null);
          const line = [...table.querySelectorAll('.transfer-available tr')].find((one) => one.innerText.includes('${row}') && one.querySelector('button.btn'));
          [...line.querySelectorAll('button')].at(-1).click();`);
      await visitor.run(fill('name', 'launched'));
      await take('Source', 'cirros');
      await take('Flavor', 'm1.tiny');
      await take('Networks', 'private');
      await visitor.until(`document.querySelector('.ng-wizard .finish').disabled`, /false/);
      await visitor.run(`document.querySelector('.ng-wizard .finish').click();`);
      await visitor.until('document.body.innerText', /launched[^]*Active/);

      const { body } = await cloud.api('compute', 'GET', '/servers?name=launched');
      const [server] = (body as { servers: { id: string }[] }).servers;
      const floating = await cloud.api('network', 'GET', '/v2.0/floatingips');
      const { floatingips } = floating.body as {
        floatingips: { floating_ip_address: string; port_id: string | null; port_forwardings: unknown[] }[];
      };
      // One with port forwardings is offered as well, and refused by Neutron.
      const free = floatingips.find(
        ({ port_id, port_forwardings }) => port_id === null && port_forwardings.length === 0,
      );
      await visitor.go(`/project/floating_ips/associate/?instance_id=${server?.id ?? ''}`);
      await visitor.run(`const ips = document.getElementById('id_ip_id');
        ips.value = [...ips.options].find((one) => one.text.startsWith('${free?.floating_ip_address ?? 'none is free'}')).value;
        const ports = document.getElementById('id_port_id');
        ports.value = [...ports.options].find((one) => one.text.startsWith('launched')).value;
        document.querySelector('.btn-primary[type=submit], input.btn-primary').click();`);
      // What is wrong with the form is in the failure then.
      const errors = `[...document.querySelectorAll('.alert, .errorlist, .has-error')].map((one) => one.innerText).join(' ')`;
      await visitor.until(`location.pathname + ' ' + ${errors}`, /^\/project\/floating_ips\/ /);
      await visitor.until('document.body.innerText', /launched 10\.0\.0\./);
      assert.deepEqual(await visitor.trouble(), []);
      await visitor.picture(PICTURES, 'forms-floating-ips');
    } finally {
      await visitor.close();
    }
  });
});
