import { decode, encode } from '@msgpack/msgpack';

/** The content of a keystone token in addition to its time (keystone.token.token_formatters): only ids. */
export interface FernetPayload {
  readonly userId: string;
  readonly methods: readonly string[];
  /** The token's own, and that of the first one of its chain. */
  readonly auditIds: readonly string[];
  /** Seconds since 1970; the fraction is that of the time of issue, which the token's own time lacks. */
  readonly expiresAt: number;
  readonly projectId?: string | undefined;
  readonly domainId?: string | undefined;
  readonly system?: 'all' | undefined;
  readonly trustId?: string | undefined;
  readonly applicationCredentialId?: string | undefined;
  readonly accessTokenId?: string | undefined;
}

/** The versions of keystone's payloads; its federated ones (4 to 6) and that of certificates (10) are not supported. */
const VERSIONS = {
  unscoped: 0,
  domain: 1,
  project: 2,
  trust: 3,
  oauth1: 7,
  system: 8,
  applicationCredential: 9,
} as const;

const HEX = /^[0-9a-f]{32}$/;

/** @param allMethods `[auth] methods`: the position of a method in it is its bit */
export function packFernetPayload(payload: FernetPayload, allMethods: readonly string[]): Uint8Array {
  const user = packId(payload.userId);
  const methods = allMethods.reduce((sum, name, bit) => sum + (payload.methods.includes(name) ? 2 ** bit : 0), 0);
  const ends = payload.expiresAt;
  const audits = payload.auditIds.map((id) => Buffer.from(id, 'base64url'));
  const { projectId, domainId, system, trustId, applicationCredentialId: credential, accessTokenId } = payload;
  const head: readonly unknown[] = [user, methods];
  if (trustId !== undefined) {
    return encode([VERSIONS.trust, ...head, packId(projectId ?? null), ends, audits, packBare(trustId)]);
  }
  if (credential !== undefined) {
    const project = packId(projectId ?? null);
    return encode([VERSIONS.applicationCredential, ...head, project, ends, audits, packId(credential)]);
  }
  if (accessTokenId !== undefined) {
    return encode([VERSIONS.oauth1, ...head, packId(projectId ?? null), packId(accessTokenId), ends, audits]);
  }
  if (projectId !== undefined) return encode([VERSIONS.project, ...head, packId(projectId), ends, audits]);
  if (domainId !== undefined) return encode([VERSIONS.domain, ...head, packBare(domainId), ends, audits]);
  if (system !== undefined) return encode([VERSIONS.system, ...head, system, ends, audits]);
  return encode([VERSIONS.unscoped, ...head, ends, audits]);
}

/** The content of a decrypted token; undefined for an unsupported version, and for an invalid payload. */
export function unpackFernetPayload(bytes: Uint8Array, allMethods: readonly string[]): FernetPayload | undefined {
  let fields: unknown;
  try {
    fields = decode(bytes);
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields)) return undefined;
  const [version, user, bits, ...rest]: readonly unknown[] = fields;
  const at = placesOf(version);
  const userId = unpackId(user);
  if (at === undefined || userId === undefined || typeof bits !== 'number') return undefined;
  const [ends, audits] = [rest[at.ends], rest[at.ends + 1]];
  if (typeof ends !== 'number' || !Array.isArray(audits)) return undefined;
  const auditIds = audits.map((id) => (id instanceof Uint8Array ? Buffer.from(id).toString('base64url') : ''));
  const scope: { -readonly [K in keyof FernetPayload]?: string | undefined } = {};
  for (const [name, index] of at.ids) {
    const id = unpackId(rest[index]);
    // A trust need not have a project.
    if (id === undefined && !(version === VERSIONS.trust && name === 'projectId')) return undefined;
    scope[name] = id;
  }
  const { system, ...ids } = scope as Partial<Record<keyof FernetPayload, string>>;
  if (system !== undefined && system !== 'all') return undefined;
  return {
    ...ids,
    ...(system === undefined ? {} : { system }),
    userId,
    methods: allMethods.filter((_name, bit) => Math.floor(bits / 2 ** bit) % 2 === 1),
    auditIds,
    expiresAt: ends,
  };
}

interface Places {
  /** Position of the expiry time; the audit ids follow. */
  readonly ends: number;
  readonly ids: readonly (readonly [keyof FernetPayload, number])[];
}

/** Positions of a version's fields, after the user and its methods. */
function placesOf(version: unknown): Places | undefined {
  const project = ['projectId', 0] as const;
  if (version === VERSIONS.unscoped) return { ends: 0, ids: [] };
  if (version === VERSIONS.domain) return { ends: 1, ids: [['domainId', 0]] };
  if (version === VERSIONS.project) return { ends: 1, ids: [project] };
  if (version === VERSIONS.trust) return { ends: 1, ids: [project, ['trustId', 3]] };
  if (version === VERSIONS.oauth1) return { ends: 2, ids: [project, ['accessTokenId', 1]] };
  if (version === VERSIONS.system) return { ends: 1, ids: [['system', 0]] };
  if (version === VERSIONS.applicationCredential) return { ends: 1, ids: [project, ['applicationCredentialId', 3]] };
  return undefined;
}

/** keystone's pair: whether it is the bytes of a UUID, and the bytes or the text. */
function packId(id: string | null): readonly [boolean, Uint8Array | string | null] {
  return id !== null && HEX.test(id) ? [true, Buffer.from(id, 'hex')] : [false, id];
}

/** Without the pair: the bytes of a UUID, or a text. */
function packBare(id: string): Uint8Array | string {
  return HEX.test(id) ? Buffer.from(id, 'hex') : id;
}

function unpackId(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const [isUuid, id]: readonly unknown[] = value;
    if (isUuid === true) return id instanceof Uint8Array ? Buffer.from(id).toString('hex') : undefined;
    if (id instanceof Uint8Array) return Buffer.from(id).toString('utf8');
    return typeof id === 'string' ? id : undefined;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'string' ? value : undefined;
}
