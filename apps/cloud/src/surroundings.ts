/** What the commands take from the process. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly script: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
