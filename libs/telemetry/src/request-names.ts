const names = new WeakMap<object, string>();

/** Gives an incoming request (its node:http message) the request id that reports and logs use for it. */
export function nameRequest(request: object, requestId: string): void {
  names.set(request, requestId);
}

/** The request id given by `nameRequest`. */
export function requestName(request: object): string | undefined {
  return names.get(request);
}
