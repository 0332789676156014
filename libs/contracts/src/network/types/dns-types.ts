import { shownValue } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import { text } from './plain-types.js';

// neutron-lib's DNS names (neutron_lib.api.validators.dns), RFC 952, 1034 and 1123.

const LONGEST = 255;

/** Why labels are not a valid name, or undefined. */
function refuseLabels(name: string): string | undefined {
  const reason = faultOf(name);
  return reason === undefined ? undefined : `${shownValue(name)} not a valid PQDN or FQDN. Reason: ${reason}`;
}

function faultOf(name: string): string | undefined {
  const labels = name.replace(/\.$/, '').split('.');
  for (const label of labels) {
    if (label === '') return 'Encountered an empty component';
    if (label.startsWith('-') || label.endsWith('-')) {
      return `Name '${label.slice(0, 64)}' must not start or end with a hyphen`;
    }
    if (!/^[a-z0-9-]{1,63}$/i.test(label)) {
      return `Name '${label.slice(0, 64)}' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen`;
    }
  }
  const last = labels.at(-1) ?? '';
  return labels.length > 1 && /^\d+$/.test(last) ? `TLD '${last}' must not be all numeric` : undefined;
}

function dnsText(refuse: (name: string) => string | undefined): FieldType<string> {
  const type = text(LONGEST);
  return {
    ...type,
    convert: (value) => (typeof value === 'string' ? value.toLowerCase() : value),
    refuse: (value) => {
      const reason = type.refuse(value);
      if (reason !== undefined || typeof value !== 'string' || value === '') return reason;
      return refuse(value);
    },
  };
}

/** A host, with or without its domain. */
export const dnsName = dnsText(refuseLabels);

/** A host without its domain (`type:fip_dns_host_name`). */
export const relativeDnsName = dnsText((name) =>
  name.endsWith('.') ? `${shownValue(name)} is a FQDN. It should be a relative domain name` : refuseLabels(name),
);

/** A domain, with the dot at its end (`type:dns_domain_name`). */
export const dnsDomain = dnsText((name) =>
  name.endsWith('.') ? refuseLabels(name) : `${shownValue(name)} is not a FQDN`,
);
