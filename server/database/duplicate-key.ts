/** True when a unique index refused a write: somebody else was there first. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === 11000;
}

/**
 * Runs work again when a unique index refused its write. The second run meets the row of whoever
 * was first, and can go by that.
 */
export async function againstDuplicates<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return work();
  }
}
