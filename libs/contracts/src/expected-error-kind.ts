/** One expected error: the information that a client may get. */
export interface ExpectedErrorKind {
  /** The HTTP status of the APIs' response. */
  readonly status: number;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** neutron's exception name, `type` in the NeutronError body; the code itself if absent. */
  readonly neutronType?: string;
}
