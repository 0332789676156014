/** The parts of the process that the commands use. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly script: string;
  /** Adds variables for the processes that are forked from now on. */
  readonly passOn: (variables: Readonly<Record<string, string>>) => void;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
