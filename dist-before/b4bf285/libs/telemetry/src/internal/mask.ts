// The words of oslo.utils' mask_password that can appear in what this product logs.
const secretName =
  /(pass(word|wd)?|secret|token|private_key|signing_key|credential|authorization|cookie|encryption_key|api_key)$/i;
const suspicious = /:\/\/|pass|secret|token|authorization|signing_key/i;
const urlPassword = /(\w:\/\/[^\s:/@]*:)[^\s/@]+@/g;
const assignment =
  /(["']?[\w.-]*(?:password|passwd|adminPass|secret|token|authorization|signing_keys?)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&}]+)/gi;

/** Whether a field of this name must never be written out. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Replaces what looks like a password or token in a message by `***`. */
export function maskText(text: string): string {
  if (!suspicious.test(text)) return text;
  return text.replaceAll(urlPassword, '$1***@').replaceAll(assignment, '$1***');
}
