/**
 * A file in the form that a deployment tool writes: group order, spacing, names that only it writes, values with
 * `True`, several brokers in one URL. The values are invented.
 */
export interface DeploymentFile {
  readonly form: string;
  readonly text: string;
}
