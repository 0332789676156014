/** What the compute topic takes from the configuration. */
export interface ComputeSettings {
  /** [DEFAULT] host: the logical compute host that this worker acts for. */
  readonly host: string;
  readonly availabilityZone: string;
  readonly instanceNameTemplate: string;
  /** Runs of a cast before it is parked; the last one ends a build in ERROR. */
  readonly maxAttempts: number;
}
