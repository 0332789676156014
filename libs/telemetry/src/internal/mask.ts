// The words of oslo.utils' mask_password that can appear in this product's logs.
const secretName =
  /(pass(word|wd|code)?|secret|token|private_key|signing_key|credential|authorization|cookie|encryption_key|api_key)$/i;
const suspicious = /:\/\/|pass|secret|token|authorization|signing_key/i;
const urlPassword = /(\w:\/\/[^\s:/@]*:)[^\s/@]+@/g;
// It begins at the word itself: otherwise a run of letters before it would be scanned again from each of its letters.
const assignment =
  /((?:password|passwd|adminPass|secret|token|authorization|signing_keys?)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&}]+)/gi;

/** Whether a field of this name must never be written out. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Replaces in a message everything that looks like a password or token by `***`. */
export function maskText(text: string): string {
  if (!suspicious.test(text)) return text;
  return text.replaceAll(urlPassword, '$1***@').replaceAll(assignment, '$1***');
}
