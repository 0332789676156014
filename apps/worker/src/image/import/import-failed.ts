/** A reason that the owner of an image may read; any other is told as unexpected. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed';
}
