/** In a browser the codecs fetch their own files. */
export async function ready(): Promise<void> {}
