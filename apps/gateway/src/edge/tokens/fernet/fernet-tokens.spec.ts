import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AuthenticationData, TokenScopeArgs } from '#libs/contracts';
import { testClaims } from '../../testing/test-edge.js';
import { TokenCodec } from '../token-codec.js';
import { decryptFernet, encryptFernet, readFernetKey } from './fernet-cipher.js';
import { packFernetPayload, unpackFernetPayload } from './fernet-payload.js';
import { FernetTokens } from './fernet-tokens.js';
import { KeyRepository, KeyRepositoryError } from './key-repository.js';

const METHODS = ['external', 'password', 'token', 'oauth1', 'mapped', 'application_credential', 'totp'];
const KEY = '_LKTlX276GoCV5TthyFGtu-5IB1Q-DZPUdJ3jiYhYqM=';
/** Made by keystone's own token_formatters (PyPI, 29 November 2026) with that key: valid until 2040. */
const OF_KEYSTONE = {
  unscoped:
    'gAAAAABrDCVs3UFAM1AIkb5dS1TVY_XgHbBcDjvhXIHLrvVVFasivPN4xSYSbWxC4hggxzyrjo7YLFx4kmWqHgTgnhzbfzhoequg' +
    'QcHrRHrpQTpQgxlIEkYOqsR76d3v3ozSLnhrw0q4QTHobP-fetUjNyFEAHA6UA',
  domain:
    'gAAAAABrDCVswlmcua3uGA7emt6yC9FiXXd60Mb1uArICDdwwxFp2kZBT8FGt0Blb76jBZzSd80eFDP9H_pKdwQMuN3nTuUGRcH3' +
    'Qr5F-q3uPCzJ9I56zMyPMEztmBZjGJbDvh6JJ-tSazC1q3T-G8vDOWY3ytjBUoGeSSPrNb22pExnIdt7qAxHCGCVwLKXnUnXtC_N' +
    'Nld_',
  default:
    'gAAAAABrDCVsWnxnbYUVFzlkDBEEgdzDW9gYUEN6euWu9wSE6LjvQNi_buL9kRq-oNToFH9MmNpvNajdDXal5SuBryfvd8T2sGQW' +
    'gzhu98KWcS-1uQsdEilpl0aTwJQTskjrz5vSYqrC6GOT-4vVOowFrnhhOj5-EzsqmWr2i4pA40pPtMBNvgk',
  project:
    'gAAAAABrDCVst7l1q2dD5u5DgiJ4HqxSUDEZSdrPWwtXHyOETDdDsmH0FcIURFbLyZKrfguBaE3g6H6c-UrWPcKEuEa8Mh1VCtPB' +
    'QBt_VFFdDE_Q35BvUfsYT2H-YlQ1ra8MqwRlAGJmz-BWmW6aoWdZV8Fev5v_qraUn7qraPJQy5ZEcvt00wxI8YdRPT-tGvrRzOVG' +
    'l66E',
  named:
    'gAAAAABrDCVswO6I8AJQs1W9sSaoysTjc-L2wr8WwQvpkGyeG66okFo8qWiqe9Fkl3RMUbL9mhv1-yR-I9OewQjX0TD5f_mVptGc' +
    'VzopZiQvH3nVzvITjl_9uokWHzPOd-Km3XiRiv6TlyGAnXKD9aTNAcoNpl0sVLeASpxGKShgjLVRjbFUvW4',
  trust:
    'gAAAAABrDCVsorKN77ibkpgsZdrxaobeh-5d8tmCcRtCfqVpid_FQjqZA0PDy4qR0HpEhjgKsTKqEE10_v7blo4NCQx_2IFBFQCC' +
    'g6Z6ifWcd_E7HfpcwtLQSROlVbxSqfFQPKfb69kVfYks9U6_-jJJwZHzpQ6dOQjV4W1fU4nlyiYMpOVUcNL-1GQ3-6qiXXb6s3y3' +
    'gWD8NjOMHxRKzp671uWo_yXRKg',
  oauth1:
    'gAAAAABrDCVs6do1XqvrBfqJFYhJaRjaA9sILE51wTCgQG49NU9oMLG9sQ9bjp-UmYVtaXhlcbBZIEF4Ze2-uHx9YZD-5VGylvkG' +
    '90f3ZkYUxACoD9vxIGKwjCj6x039AO_h5fr6SzcI5bzcBlyGn8QhARilMsZGNPlW4ilIM8uCLIYTb25hgP1w2wvwwsjwIeMxAtgJ' +
    '-fbTFxCSjYzrITSxozuiyuSmaQ',
  system:
    'gAAAAABrDCVsGVDmIwpPfCXg2W33VyyepG9NReS26dBMNXU7IhIiy-7siYztnIv17R4R31w0KPtnVbP_shIKBGaG-E-8iM3yOmjv' +
    'cE7YXUcd7fxVlARwKMSf4jXQLvYfoVNv6jcq5dwP_01y6vHZ9Ze9ZVgaAZIaNT5OtrTsVlVcWcnltY4XX0I',
  application_credential:
    'gAAAAABrDCVsAFsFw77Nk1KhwlXo5o3UckrENhLP2CpX6fzoZVehtC2rVtWC3aXUUtMJBJi1_5fBBuMgUhtr-3BCg_Z8_mvZXgQH' +
    '86wjuAPCMuGpjuIEpb76DtquRok00q1C2agsmsLzo6RQgyBvwnw7WAjl9NTNyaaxd5QKgFSgEoSRuEd8xrjvHHcnEQuJodu5frau' +
    'IGrlSvCHnlM7ghzm-HnWxqU_og',
  federated:
    'gAAAAABrDCVsB0gmB4nOay-2SXRnVp6gcG4FYcK4Q0i922Ftt9DXAUMjV6FZpfN8d4lBU28piAubFq7KFgXjxsjItUWipI8xxaqK' +
    'bKOdPim8R9-eNe3_4FeWGr8z2PLDiayHb7_uorIzVRSP3LvD2gyfzTlb1tWqBuECgC_Vq2PprqcjuovUKzlci54q9lVPUH3FoCdQ' +
    '1kyraH2HaBbP_BUgxxAVIPm5ig',
};
const [USER, PROJECT, DOMAIN] = ['1', '2', '3'].map((last, index) => 'abc'.charAt(index).repeat(31) + last);
const [TRUST, CREDENTIAL, ACCESS] = ['4', '5', '6'].map((last, index) => 'def'.charAt(index).repeat(31) + last);
const USER_REST = { enabled: true, default_project_id: null, email: null };
const PROJECT_REST = { description: '', enabled: true };
const FIRST = 'AAECAwQFBgcICQoLDA0ODw';
const AUDITS = [FIRST, 'EBESExQVFhcYGRobHB0eHw'];

const key = readFernetKey(KEY);
assert.ok(key !== undefined);

describe('tokens of keystone', () => {
  it('say what keystone put into them, for every scope but federated ones', () => {
    const read = Object.entries(OF_KEYSTONE).map(([name, token]) => {
      const content = decryptFernet([key], token);
      assert.equal(content?.at, 1_795_958_124, name);
      return [name, unpackFernetPayload(content.bytes, METHODS)] as const;
    });
    const common = { userId: USER, auditIds: AUDITS, expiresAt: 2_209_086_245, methods: ['password'] };
    assert.deepEqual(Object.fromEntries(read), {
      unscoped: { ...common, auditIds: [FIRST] },
      domain: { ...common, methods: ['password', 'token'], domainId: DOMAIN },
      default: { ...common, domainId: 'default' },
      project: { ...common, methods: ['password', 'totp'], projectId: PROJECT },
      named: { ...common, projectId: 'not-hex' },
      trust: { ...common, projectId: PROJECT, trustId: TRUST },
      oauth1: { ...common, methods: ['oauth1'], projectId: PROJECT, accessTokenId: ACCESS },
      system: { ...common, system: 'all' },
      application_credential: {
        ...common,
        methods: ['application_credential'],
        projectId: PROJECT,
        applicationCredentialId: CREDENTIAL,
      },
      federated: undefined,
    });
    // Albireo's are made the same way; keystone 30.0.0 was seen to read them.
    for (const [name, token] of Object.entries(OF_KEYSTONE)) {
      const content = decryptFernet([key], token);
      const payload = content && unpackFernetPayload(content.bytes, METHODS);
      if (content === undefined || payload === undefined) continue;
      const again = unpackFernetPayload(packFernetPayload(payload, METHODS), METHODS);
      assert.deepEqual(again, payload, name);
    }
  });

  it('are none when a byte is changed, the key is another, or the text is no token', () => {
    const token = OF_KEYSTONE.project;
    const other = readFernetKey(`${'A'.repeat(43)}=`);
    assert.ok(other !== undefined);
    assert.equal(decryptFernet([other], token), undefined);
    for (let at = 10; at < token.length; at += 7) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      assert.equal(decryptFernet([key], changed), undefined, String(at));
    }
    for (const text of ['', 'gAAAAA', 'a.b.c', token.slice(0, -8), `${token}AAAA`]) {
      assert.equal(decryptFernet([key], text), undefined, text);
    }
    const odd = encryptFernet(key, { bytes: Buffer.from('ffffffffff', 'hex'), at: 1 });
    const content = decryptFernet([key], odd);
    assert.equal(content && unpackFernetPayload(content.bytes, METHODS), undefined);
  });
});

describe('FernetTokens', () => {
  let directory: string;
  let asked: TokenScopeArgs[];
  let answer: AuthenticationData | undefined;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'albireo-fernet-'));
    writeFileSync(join(directory, '0'), KEY);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const codec = (): TokenCodec => {
    asked = [];
    const describeToken = async (args: TokenScopeArgs) => {
      asked.push(args);
      return answer;
    };
    return new TokenCodec(['k'.repeat(40)], new FernetTokens(new KeyRepository(directory), METHODS, describeToken));
  };

  it('hold ids, and show what they stand for when they are checked', async () => {
    const claims = testClaims(['member'], { issuedAt: 1_900_000_000.25, expiresAt: 2_000_000_000, auditIds: AUDITS });
    const token = await codec().sign(claims);
    assert.match(token, /^gAAAAA/);
    assert.ok(token.length <= 255, `${token.length}`);
    const domain = { id: 'default', name: 'Default' };
    answer = {
      user: { id: claims.user.id, name: 'renamed', domain_id: 'default', domain_name: 'Default', ...USER_REST },
      roles: [{ id: 'r1', name: 'reader', domain_id: null }],
      project: {
        id: claims.project?.id ?? '',
        name: 'demo',
        domain_id: 'default',
        domain_name: 'Default',
        ...PROJECT_REST,
      },
      domain: null,
      system: null,
      is_admin_project: true,
      authenticated_at: '2026-11-29T12:00:00.000000Z',
    };
    const found = await codec().verify(token);
    assert.deepEqual(found?.user, { id: claims.user.id, name: 'renamed', domain });
    assert.deepEqual(found.roles, [{ id: 'r1', name: 'reader' }]);
    assert.deepEqual(
      [found.issuedAt, found.expiresAt, found.auditIds, found.methods],
      [claims.issuedAt, claims.expiresAt, AUDITS, ['password']],
    );
    assert.deepEqual([asked[0]?.user_id, asked[0]?.project_id], [claims.user.id, claims.project?.id]);
    answer = undefined;
    assert.equal(await codec().verify(token), undefined);
    const over = await codec().sign({ ...claims, expiresAt: 1_600_000_000 });
    assert.equal(await codec().verify(over), undefined);
    assert.equal(asked.length, 0);
  });

  it('leave signed tokens good, of before the change', async () => {
    const claims = testClaims();
    const signed = await new TokenCodec(['k'.repeat(40)]).sign(claims);
    assert.deepEqual(await codec().verify(signed), claims);
  });
});

describe('KeyRepository', () => {
  it('is set up once, and rotated as keystone does it', () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'albireo-fernet-')), 'keys');
    const keys = new KeyRepository(directory);
    assert.throws(() => keys.primary(), KeyRepositoryError);
    assert.equal(keys.setUp(), true);
    assert.equal(keys.setUp(), false);
    const next = readdirSync(directory);
    assert.deepEqual(next.toSorted(), ['0', '1']);
    const token = encryptFernet(keys.primary(), { bytes: Buffer.from('x'), at: 1 });
    assert.deepEqual([keys.rotate(3), readdirSync(directory).toSorted()], [2, ['0', '1', '2']]);
    assert.ok(decryptFernet(keys.all(), token) !== undefined);
    assert.deepEqual([keys.rotate(3), readdirSync(directory).toSorted()], [3, ['0', '2', '3']]);
    assert.equal(decryptFernet(keys.all(), token), undefined);
    assert.equal(statSync(join(directory, '3')).mode & 0o777, 0o600);
    assert.equal(keys.isOpenToAll(), false);
    rmSync(directory, { recursive: true });
  });
});
