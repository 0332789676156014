import { ExpectedError } from '#libs/contracts';

/** neutron's InvalidInput: a body whose values cannot go together. */
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

export function subnetNotFound(id: string): ExpectedError {
  return new ExpectedError('SubnetNotFound', `Subnet ${id} could not be found.`, { id });
}

export function portNotFound(id: string): ExpectedError {
  return new ExpectedError('PortNotFound', `Port ${id} could not be found.`, { id });
}
