/** How one service in one worker is. */
export interface ServiceHealth {
  readonly ready: boolean;
  /** Why not, or what is worth knowing; shown by `/readyz?verbose`. */
  readonly reason?: string | undefined;
}
