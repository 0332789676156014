export type PipelineErrorCode =
  | 'PasteFileUnreadable'
  | 'PasteSyntax'
  | 'PasteAppNotFound'
  | 'PasteSectionNotFound'
  | 'PasteCycle'
  | 'UnknownFactory'
  | 'InvalidSetting';

/** A place in a pipeline file; `line` counts from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

/** A pipeline file cannot be used. The message begins with the file and, if known, the line. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly file: string;
  readonly line: number | undefined;

  constructor(
    readonly code: PipelineErrorCode,
    where: { readonly file: string; readonly line?: number },
    text: string,
    options?: ErrorOptions,
  ) {
    super(`${where.file}${where.line === undefined ? '' : `:${where.line}`}: ${text}`, options);
    this.file = where.file;
    this.line = where.line;
  }
}
