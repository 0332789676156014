/** One expected error: what a client may be told. */
export interface ExpectedErrorKind {
  /** HTTP status that the APIs answer with. */
  readonly status: number;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** neutron's exception name, `type` in the NeutronError body; the code itself where absent. */
  readonly neutronType?: string;
}
