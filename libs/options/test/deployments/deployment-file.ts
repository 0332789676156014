/**
 * A file in the form in which a deployment tool writes it: group order, spacing, names that only it writes, values with
 * `True`, several brokers in one URL. The values are made up.
 */
export interface DeploymentFile {
  readonly form: string;
  readonly text: string;
}
