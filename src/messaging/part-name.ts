const NAMES: Record<string, string> = {
  image: 'image',
  audio: 'audio',
  video: 'video',
  contact: 'contact',
  calendar: 'event',
  text: 'text',
}

/** The name of a part: it tells the phone the type, and nobody anything of the device that made the file. */
export const partName = (kind: string, n: number, extension: string): string =>
  `${NAMES[kind] ?? 'file'}${n}.${extension}`
