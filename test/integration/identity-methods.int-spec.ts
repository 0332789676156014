import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { startIdentityCloud } from '../support/identity-cloud.js';
import type { IdentityAnswer, IdentityCloud } from '../support/identity-cloud.js';

type Row = Record<string, unknown>;

interface Pair {
  readonly id: string;
  readonly secret: string;
}

const PASSWORD = 'a-password-for-tests';
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const KEY = Buffer.from('12345678901234567890');
const BASE = 'http://cloud.example:5000';

/** RFC 6238, beside the worker's own. */
function passcode(windows = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + windows));
  const digest = createHmac('sha1', KEY).update(counter).digest();
  const code = (digest.readUInt32BE((digest.at(-1) ?? 0) & 15) & 0x7f_ff_ff_ff) % 1_000_000;
  return String(code).padStart(6, '0');
}

/** RFC 5849's Authorization header of a POST without a query. */
function oauthHeader(path: string, client: Row, token: Partial<Pair> = {}, more: Record<string, string> = {}): string {
  const parameters: Record<string, string> = {
    oauth_consumer_key: String(client['id']),
    oauth_nonce: randomBytes(8).toString('hex'),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
    oauth_version: '1.0',
    ...(token.id === undefined ? {} : { oauth_token: token.id }),
    ...more,
  };
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const text = `POST&${encodeURIComponent(BASE + path)}&${encodeURIComponent(pairs.toSorted().join('&'))}`;
  const key = `${String(client['secret'])}&${token.secret ?? ''}`;
  const signature = createHmac('sha1', key).update(text).digest('base64');
  const all = Object.entries({ ...parameters, oauth_signature: signature });
  return `OAuth ${all.map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(', ')}`;
}

describe('ways to log in beside a password', () => {
  let cloud: IdentityCloud;
  let project = '';
  let user = '';
  before(async () => {
    cloud = await startIdentityCloud();
    project = await cloud.make('project', { name: 'demo' });
    user = await cloud.userWith('owner', 'default', 'member', { project });
    const credential = { user_id: user, type: 'totp', blob: SECRET };
    await cloud.expect(201, 'POST', '/v3/credentials', { body: { credential } });
  });
  after(() => cloud?.stop());

  const logIn = (identity: Row, headers: Record<string, string> = {}, scope?: object): Promise<IdentityAnswer> =>
    cloud.ask('POST', '/v3/auth/tokens', {
      token: null,
      headers,
      body: { auth: { identity, ...(scope && { scope }) } },
    });
  const byPassword = (): Row => ({ password: { user: { id: user, password: PASSWORD } } });
  const byPasscode = (code = passcode()): Row => ({ totp: { user: { id: user, passcode: code } } });
  const told = (answer: IdentityAnswer): Row => answer.json['token'] as Row;
  const tokenOf = (answer: IdentityAnswer): string => String(answer.headers['x-subject-token']);

  describe('passcodes and rules of several methods', () => {
    const rules = async (options: Row): Promise<void> => {
      await cloud.expect(200, 'PATCH', `/v3/users/${user}`, { body: { user: { options } } });
    };

    it('logs in by a passcode, once it is the right one', async () => {
      const answer = await logIn({ methods: ['totp'], ...byPasscode() }, {}, { project: { id: project } });
      assert.equal(answer.status, 201, answer.text);
      assert.deepEqual(told(answer)['methods'], ['totp']);
      assert.equal((await logIn({ methods: ['totp'], ...byPasscode(passcode(-3)) })).status, 401);
      assert.equal(
        (await logIn({ methods: ['totp'], totp: { user: { id: 'nobody', passcode: '123456' } } })).status,
        401,
      );
    });

    it('takes several methods of one user at once, and none of two users', async () => {
      const both = await logIn({ methods: ['password', 'totp'], ...byPassword(), ...byPasscode() });
      assert.equal(both.status, 201, both.text);
      assert.deepEqual((told(both)['methods'] as string[]).toSorted(), ['password', 'totp']);
      const other = await cloud.make('user', { name: 'other', password: PASSWORD });
      const mixed = { password: { user: { id: other, password: PASSWORD } } };
      assert.equal((await logIn({ methods: ['password', 'totp'], ...mixed, ...byPasscode() })).status, 401);
    });

    it('answers a receipt until a rule is fulfilled, and takes it with what is missing', async () => {
      await rules({ multi_factor_auth_rules: [['password', 'totp']] });
      const first = await logIn({ methods: ['password'], ...byPassword() });
      assert.equal(first.status, 401);
      assert.deepEqual(first.json['required_auth_methods'], [['password', 'totp']]);
      const receipt = first.json['receipt'] as Row;
      assert.deepEqual(receipt['methods'], ['password']);
      assert.deepEqual(receipt['user'], { id: user, name: 'owner', domain: { id: 'default', name: 'Default' } });
      assert.match(String(receipt['expires_at']), /^\d{4}-.*\.\d{6}Z$/);
      const header = String(first.headers['openstack-auth-receipt']);
      assert.ok(!('x-subject-token' in first.headers));
      // It is no token, and nobody else's.
      assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token: header })).status, 401);
      const second = await logIn({ methods: ['totp'], ...byPasscode() }, { 'openstack-auth-receipt': header });
      assert.equal(second.status, 201, second.text);
      assert.deepEqual((told(second)['methods'] as string[]).toSorted(), ['password', 'totp']);
      const again = await logIn({ methods: ['token'], token: { id: tokenOf(second) } });
      assert.equal(again.status, 201, again.text);
      const admin = { password: { user: { name: 'admin', domain: { id: 'default' }, password: PASSWORD } } };
      const foreign = await logIn({ methods: ['password'], ...admin }, { 'openstack-auth-receipt': header });
      assert.equal(foreign.status, 401);
      const bad = await logIn({ methods: ['totp'], ...byPasscode() }, { 'openstack-auth-receipt': `${header}x` });
      assert.equal(bad.status, 404);
    });

    it('asks every way in for the rule: a passcode alone, an old token, an application credential', async () => {
      await rules({ multi_factor_auth_enabled: false });
      const before = await logIn({ methods: ['password'], ...byPassword() }, {}, { project: { id: project } });
      assert.equal(before.status, 201, before.text);
      const path = `/v3/users/${user}/application_credentials`;
      const made = await cloud.expect(201, 'POST', path, {
        token: tokenOf(before),
        body: { application_credential: { name: 'ci' } },
      });
      await rules({ multi_factor_auth_enabled: true });
      const byCredential = { application_credential: { id: made['id'], secret: made['secret'] } };
      const answers = [
        await logIn({ methods: ['totp'], ...byPasscode() }),
        await logIn({ methods: ['token'], token: { id: tokenOf(before) } }),
        await logIn({ methods: ['application_credential'], ...byCredential }),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [401, 401, 401],
      );
      await rules({ multi_factor_auth_rules: null, multi_factor_auth_enabled: null });
      assert.equal((await logIn({ methods: ['password'], ...byPassword() })).status, 201);
    });

    it('bounds wrong passcodes though each comes with the right password', async () => {
      const victim = await cloud.make('user', { name: 'victim', password: PASSWORD });
      const guess = (): Promise<IdentityAnswer> =>
        logIn({
          methods: ['password', 'totp'],
          password: { user: { id: victim, password: PASSWORD } },
          totp: { user: { id: victim, passcode: '000000' } },
        });
      const statuses: number[] = [];
      for (let count = 0; count < 11; count += 1) statuses.push((await guess()).status);
      assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 401), 429]);
    });
  });

  describe('signatures of EC2 and S3', () => {
    let keys: Row;
    before(async () => {
      const path = `/v3/users/${user}/credentials/OS-EC2`;
      keys = await cloud.expect(201, 'POST', path, { body: { tenant_id: project } });
    });
    const ask = (path: string, credentials: Row, token = cloud.admin): Promise<IdentityAnswer> =>
      cloud.ask('POST', path, { token, body: { credentials } });
    const sign = (digest: string, text: string): string =>
      createHmac(digest, String(keys['secret'])).update(text).digest('base64');
    const second = (): Row => {
      const params: Record<string, string> = {
        AWSAccessKeyId: String(keys['access']),
        Action: 'DescribeInstances',
        SignatureMethod: 'HmacSHA256',
        SignatureVersion: '2',
        Timestamp: new Date().toISOString(),
      };
      const query = Object.keys(params)
        .toSorted()
        .map((name) => `${name}=${encodeURIComponent(params[name] ?? '')}`)
        .join('&');
      const request = {
        access: keys['access'],
        verb: 'GET',
        host: 'ec2.example:8788',
        path: '/services/Cloud',
        params,
      };
      return { ...request, signature: sign('sha256', `GET\nec2.example:8788\n/services/Cloud\n${query}`) };
    };

    it('tells a service whose signature of version 2 it is, on the project of the keys', async () => {
      const answer = await ask('/v3/ec2tokens', second());
      assert.equal(answer.status, 200, answer.text);
      assert.equal((told(answer)['user'] as Row)['id'], user);
      assert.equal((told(answer)['project'] as Row)['id'], project);
      assert.deepEqual(told(answer)['methods'], ['ec2credential']);
      assert.equal((await cloud.ask('GET', '/v3/auth/catalog', { token: tokenOf(answer) })).status, 200);
      assert.equal((await ask('/v3/ec2tokens', { ...second(), path: '/other' })).status, 401);
      assert.equal((await ask('/v3/ec2tokens', { ...second(), access: 'nobody' })).status, 404);
      assert.equal((await ask('/v3/ec2tokens', { access: keys['access'] })).status, 401);
      const own = await cloud.logIn(user, { project });
      // Who may not ask is told so whatever it sends.
      assert.equal((await ask('/v3/ec2tokens', second(), own)).status, 403);
      assert.equal((await cloud.ask('POST', '/v3/ec2tokens', { token: own, body: {} })).status, 403);
      assert.equal((await cloud.ask('POST', '/v3/ec2tokens', { body: {} })).status, 400);
    });

    it('knows version 4, and refuses a time that is long over', async () => {
      const fourth = (at: Date): Row => {
        const date = at.toISOString().replace(/[-:]|\.\d+/g, '');
        const scope = `${date.slice(0, 8)}/RegionOne/ec2/aws4_request`;
        const bodyHash = createHash('sha256').update('').digest('hex');
        const canonical = `GET\n/\nAction=Test\nhost:ec2.example\nx-amz-date:${date}\n\nhost;x-amz-date\n${bodyHash}`;
        const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
        let key: Buffer = Buffer.from(`AWS4${String(keys['secret'])}`);
        for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
        const signature = createHmac('sha256', key).update(text).digest('hex');
        const credential = `Credential=${String(keys['access'])}/${scope}`;
        const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
        const headers = { Host: 'ec2.example', 'X-Amz-Date': date, Authorization: authorization };
        const request = { access: keys['access'], verb: 'GET', host: 'ec2.example', path: '/', headers };
        return { ...request, params: { Action: 'Test' }, body_hash: bodyHash, signature };
      };
      const answer = await ask('/v3/ec2tokens', fourth(new Date()));
      assert.equal(answer.status, 200, answer.text);
      assert.equal((await ask('/v3/ec2tokens', fourth(new Date(Date.now() - 3_600_000)))).status, 401);
    });

    it('tells S3 who signed, without a token', async () => {
      const text = 'GET\n\n\nSun, 29 Nov 2026 00:00:00 +0000\n/bucket/key';
      const credentials = {
        access: keys['access'],
        token: Buffer.from(text).toString('base64url'),
        signature: sign('sha1', text),
      };
      const answer = await ask('/v3/s3tokens', credentials);
      assert.equal(answer.status, 200, answer.text);
      assert.ok(!('x-subject-token' in answer.headers));
      assert.equal((await ask('/v3/s3tokens', { ...credentials, signature: sign('sha1', 'other') })).status, 401);
    });

    it('makes nobody another user by keys that name what is the other’s, nor fails on a blob that is none', async () => {
      const thief = await cloud.userWith('thief', 'default', 'member', { project });
      const token = await cloud.logIn(thief, { project });
      const own = await cloud.logIn(user, { project });
      const made = await cloud.expect(201, 'POST', `/v3/users/${user}/application_credentials`, {
        token: own,
        body: { application_credential: { name: 'of-the-victim' } },
      });
      const [access, secret] = ['access-of-the-thief', 'secret-of-the-thief'];
      const text = 'GET\n\n\nSun, 29 Nov 2026 00:00:00 +0000\n/bucket/key';
      const signature = createHmac('sha1', secret).update(text).digest('base64');
      const signed = { access, token: Buffer.from(text).toString('base64url'), signature };
      const keep = async (blob: Row): Promise<string> => {
        const credential = { type: 'ec2', user_id: thief, project_id: project, blob: JSON.stringify(blob) };
        return String((await cloud.expect(201, 'POST', '/v3/credentials', { token, body: { credential } }))['id']);
      };
      const foreign = await keep({ access, secret, app_cred_id: made['id'] });
      assert.equal((await ask('/v3/s3tokens', signed)).status, 401);
      await cloud.expect(204, 'DELETE', `/v3/credentials/${foreign}`, { token });
      const id = await keep({ access, secret });
      assert.equal((await ask('/v3/s3tokens', signed)).status, 200);
      const change = async (credential: Row): Promise<void> => {
        await cloud.expect(200, 'PATCH', `/v3/credentials/${id}`, { token, body: { credential } });
      };
      await change({ type: 'cert' });
      await change({ blob: 'no JSON' });
      await change({ type: 'ec2' });
      assert.equal((await ask('/v3/s3tokens', signed)).status, 404);
      assert.equal((await cloud.ask('GET', `/v3/users/${thief}/credentials/OS-EC2`, { token })).status, 200);
    });
  });

  it('lets a consumer act for a user by OAuth 1.0a until its access token is deleted', async () => {
    const consumer = await cloud.expect(201, 'POST', '/v3/OS-OAUTH1/consumers', { body: { consumer: {} } });
    const post = (path: string, header: string, headers: Record<string, string> = {}): Promise<IdentityAnswer> =>
      cloud.ask('POST', path, { token: null, headers: { authorization: header, ...headers } });
    const parsed = (answer: IdentityAnswer): Pair => {
      assert.equal(answer.status, 201, answer.text);
      const form = new URLSearchParams(answer.text);
      return { id: form.get('oauth_token') ?? '', secret: form.get('oauth_token_secret') ?? '' };
    };
    const asking = '/v3/OS-OAUTH1/request_token';
    const callback = { oauth_callback: 'oob' };
    const wanted = { 'requested-project-id': project };
    assert.equal((await post(asking, oauthHeader(asking, consumer, {}, callback))).status, 400);
    assert.equal((await post(asking, 'Basic abc', wanted)).status, 400);
    const liar = { ...consumer, secret: 'wrong' };
    assert.equal((await post(asking, oauthHeader(asking, liar, {}, callback), wanted)).status, 401);
    const request = parsed(await post(asking, oauthHeader(asking, consumer, {}, callback), wanted));
    const adminId = (await cloud.expect(200, 'GET', '/v3/users?name=admin'))['users'] as Row[];
    await cloud.grant(String(adminId[0]?.['id']), 'member', { project });
    const roles = [{ name: 'member' }];
    const path = `/v3/OS-OAUTH1/authorize/${request.id}`;
    assert.equal((await cloud.ask('PUT', path, { body: { roles: [{ name: 'service' }] } })).status, 401);
    const { oauth_verifier: verifier } = await cloud.expect(200, 'PUT', path, { body: { roles } });
    const exchanging = '/v3/OS-OAUTH1/access_token';
    const exchange = (word: unknown): Promise<IdentityAnswer> =>
      post(exchanging, oauthHeader(exchanging, consumer, request, { oauth_verifier: String(word) }));
    assert.equal((await exchange('wrongone')).status, 401);
    const access = parsed(await exchange(verifier));
    assert.equal((await exchange(verifier)).status, 404);
    const enter = (): Promise<IdentityAnswer> =>
      logIn({ methods: ['oauth1'], oauth1: {} }, { authorization: oauthHeader('/v3/auth/tokens', consumer, access) });
    const answer = await enter();
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual(told(answer)['OS-OAUTH1'], { access_token_id: access.id, consumer_id: consumer['id'] });
    assert.deepEqual(
      (told(answer)['roles'] as Row[]).map(({ name }) => name),
      ['member'],
    );
    const own = tokenOf(answer);
    assert.equal((await logIn({ methods: ['token'], token: { id: own } })).status, 403);
    const tokens = `/v3/users/${String(adminId[0]?.['id'])}/OS-OAUTH1/access_tokens`;
    const listed = (await cloud.ask('GET', tokens)).json['access_tokens'] as Row[];
    assert.deepEqual(
      listed.map(({ id, consumer_id: by }) => [id, by]),
      [[access.id, consumer['id']]],
    );
    const shown = (await cloud.ask('GET', `${tokens}/${access.id}/roles`)).json['roles'] as Row[];
    assert.equal(shown[0]?.['name'], 'member');
    await cloud.expect(200, 'GET', `${tokens}/${access.id}/roles/${String(shown[0]?.['id'])}`);
    await cloud.expect(204, 'DELETE', `${tokens}/${access.id}`);
    assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token: own })).status, 401);
    assert.equal((await enter()).status, 404);
  });

  it('gives a program a token by OAuth 2.0, whose client credentials are an application credential', async () => {
    const token = await cloud.logIn(user, { project });
    const made = await cloud.expect(201, 'POST', `/v3/users/${user}/application_credentials`, {
      token,
      body: { application_credential: { name: 'oauth2' } },
    });
    const ask = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<IdentityAnswer> =>
      cloud.ask('POST', '/v3/OS-OAUTH2/token', { token: null, form, headers });
    const grant = { grant_type: 'client_credentials' };
    const pair = Buffer.from(`${String(made['id'])}:${String(made['secret'])}`).toString('base64');
    const answer = await ask(grant, { authorization: `Basic ${pair}` });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json['token_type'], 'Bearer');
    assert.equal(answer.json['expires_in'], 3600);
    assert.equal(
      (await cloud.ask('GET', '/v3/auth/projects', { token: String(answer.json['access_token']) })).status,
      200,
    );
    const inForm = { client_id: String(made['id']), client_secret: String(made['secret']) };
    assert.equal((await ask({ ...grant, ...inForm })).status, 200);
    const refused: [Record<string, string>, number, string][] = [
      [{}, 400, 'invalid_request'],
      [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
      [grant, 401, 'invalid_client'],
      [{ ...grant, ...inForm, client_secret: 'wrong' }, 401, 'invalid_client'],
    ];
    for (const [form, status, error] of refused) {
      const found = await ask(form);
      assert.deepEqual([found.status, found.json['error']], [status, error]);
      assert.equal(typeof found.json['error_description'], 'string');
    }
    assert.equal((await cloud.ask('POST', '/v3/users', { form: { a: 'b' } })).status, 415);
  });
});
