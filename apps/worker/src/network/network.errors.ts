import { ExpectedError } from '#libs/contracts';

/** neutron's InvalidInput: a body with values that contradict each other. */
export function invalidInput(reason: string): ExpectedError {
  return new ExpectedError('InvalidInput', `Invalid input for operation: ${reason}.`);
}

/** neutron's BadRequest. */
export function badRequest(resource: string, reason: string): ExpectedError {
  return new ExpectedError('NetworkBadRequest', `Bad ${resource} request: ${reason}.`);
}

export function networkNotFound(id: string): ExpectedError {
  return new ExpectedError('NetworkNotFound', `Network ${id} could not be found.`, { id });
}

export function portNotFound(id: string): ExpectedError {
  return new ExpectedError('PortNotFound', `Port ${id} could not be found.`, { id });
}

/** nova's and neutron's PortInUse: the port belongs to a server or another device. */
export function portInUse(id: string): ExpectedError {
  return new ExpectedError('PortInUse', `Port ${id} is still in use.`, { id });
}

/** Error RevisionNumberConstraintFailed if the client expects another revision (`If-Match`) than the row has. */
export function requireRevision(expected: number | undefined, found: number): void {
  if (expected !== undefined && expected !== found) {
    throw new ExpectedError(
      'RevisionNumberConstraintFailed',
      `Constrained to ${expected}, but current revision is ${found}`,
      { expected, found },
    );
  }
}
