import { declarationsOf, isRecord, networkResources, shownValue, whole } from '#libs/contracts';
import type { JsonSchema, NetworkQuotaData } from '#libs/contracts';
import { widened } from '../../edge/openapi/microversions.js';
import { flag, shape } from '../../edge/openapi/schema-parts.js';
import { badRequest } from '../errors/neutron-faults.js';

const limitType = whole(-1, 2 ** 31 - 1);
const amount: JsonSchema = { type: 'integer', minimum: 0 };

/** The resources for which projects have quotas. */
const limited: readonly string[] = declarationsOf(networkResources)
  .filter(({ quota }) => quota)
  .map(({ qualified }) => qualified);
const known: ReadonlySet<string> = new Set(limited);

/** The fields of each resource in a response, for the document and the view. */
interface QuotaForm {
  readonly schema: JsonSchema;
  of(amount: NetworkQuotaData[keyof NetworkQuotaData]): unknown;
}

export const quotaForms = {
  limits: { schema: limitType.schema, of: ({ limit }) => limit },
  details: {
    schema: shape({ limit: limitType.schema, used: amount, reserved: amount }),
    of: ({ limit, used }) => ({ limit, used, reserved: 0 }),
  },
} satisfies Readonly<Record<string, QuotaForm>>;

export function quotaView(quota: NetworkQuotaData, form: QuotaForm): object {
  return { quota: Object.fromEntries(Object.entries(quota).map(([name, amounts]) => [name, form.of(amounts)])) };
}

export function quotaSchema({ schema }: QuotaForm): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(limited.map((name) => [name, schema]));
}

/** The body of an update: some of the limits; `force` permits limits below the current usage. */
export const quotaBody: JsonSchema = shape({
  quota: shape({
    ...Object.fromEntries(limited.map((name) => [`${name}?`, widened(limitType.schema, limitType.convert)])),
    'force?': flag,
    'check_limit?': {},
  }),
});

/** `quotaBody` in the worker's form; `check_limit` of old clients is ignored. Throws 400 with neutron's texts. */
export function readLimits(body: unknown): {
  readonly limits: Readonly<Record<string, number>>;
  readonly force: boolean;
} {
  const quota = isRecord(body) ? body['quota'] : undefined;
  if (!isRecord(body) || Object.keys(body).length === 0) throw badRequest('Resource body required');
  if (!isRecord(quota)) throw badRequest("Unable to find 'quota' in request body");
  const { force, check_limit: _passedOver, ...given } = quota;
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) ${shownValue(unknown.join(', '))}`);
  const limits: Record<string, number> = {};
  for (const [name, value] of Object.entries(given)) {
    const limit = limitType.convert?.(value) ?? value;
    const reason = limitType.refuse(limit);
    if (reason !== undefined) throw badRequest(`Invalid input for ${name}. Reason: ${reason}.`);
    limits[name] = Number(limit);
  }
  return { limits, force: force === true };
}
