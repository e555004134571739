/** Storage did not answer, after the tries that make sense. The one exception that crosses floors: every caller turns it into 503 or tries later. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}
