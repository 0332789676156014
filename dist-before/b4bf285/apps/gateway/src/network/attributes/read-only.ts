import type { AttributeRules } from './attribute.js';

/** An attribute that exists but that no request may set: naming it is another error than an unknown name. */
export const readOnly: AttributeRules = { type: { refuse: () => undefined }, post: false, put: false };
