import * as v from 'valibot'

/**
 * Phones: what each kind takes and shows. The limits of `android` and `no-smil` are those that carriers put into phones
 * (1 MiB for most of the US and Canada, 600 KiB for a few); `iphone` stands for phones that take more and `feature` for the
 * smallest still in use. A phone's owner can change each of them.
 */

/** The kinds of phone. */
export const PROFILE_KINDS = ['android', 'iphone', 'no-smil', 'feature'] as const
/** A kind of phone. */
export type ProfileKind = (typeof PROFILE_KINDS)[number]

/** What people call them. */
export const PROFILE_NAMES: { readonly [K in ProfileKind]: string } = {
  android: 'Android, 1 MB',
  iphone: 'iPhone, 3 MB',
  'no-smil': 'Phone without slides, 600 kB',
  feature: 'Feature phone, 240x320, 300 kB',
}

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))

/** A phone: its kind, and what its network and itself let through. */
export const HandsetProfile = v.object({
  kind: v.picklist(PROFILE_KINDS),
  /** Bytes of a whole message. */
  messageBytes: v.pipe(v.number(), v.integer(), v.minValue(1000), v.maxValue(10_000_000)),
  /** Pixels, of the long and the short side: phones turn pictures. */
  longSide: side,
  shortSide: side,
  types: v.array(v.string()),
  /** Whether it follows the presentation; without one it shows the parts as they come. */
  smil: v.boolean(),
  /** The operator's name, as the carrier writes it in its reports; without one they say nothing of it. */
  operator: v.optional(v.pipe(v.string(), v.maxLength(60))),
  /** Whether the sender is told of what was dropped. Most networks stay silent. */
  reports: v.boolean(),
})
/** A phone. */
export type HandsetProfile = v.InferOutput<typeof HandsetProfile>

/** A change of profile: another kind brings its own limits, and each can be set beside it. */
export const ProfileChange = v.partial(HandsetProfile)
/** A change of profile. */
export type ProfileChange = v.InferOutput<typeof ProfileChange>

const PICTURES = ['image/jpeg', 'image/png', 'image/gif']
const TEXTS = ['text/plain', 'text/x-vcard', 'text/vcard', 'text/calendar']
const SOUNDS = ['audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/midi', 'audio/wav']
const SMARTPHONE = [...PICTURES, ...TEXTS, ...SOUNDS, 'video/mp4', 'video/3gpp', 'application/pdf']

/** What each kind is before anybody changed it. */
export const PROFILES: { readonly [K in ProfileKind]: HandsetProfile } = {
  android: {
    kind: 'android',
    messageBytes: 1_048_576,
    longSide: 2592,
    shortSide: 1944,
    types: SMARTPHONE,
    smil: true,
    reports: false,
  },
  iphone: {
    kind: 'iphone',
    messageBytes: 3_072_000,
    longSide: 4320,
    shortSide: 3240,
    types: SMARTPHONE,
    smil: true,
    reports: false,
  },
  'no-smil': {
    kind: 'no-smil',
    messageBytes: 614_400,
    longSide: 2592,
    shortSide: 1944,
    types: SMARTPHONE,
    smil: false,
    reports: false,
  },
  feature: {
    kind: 'feature',
    messageBytes: 300_000,
    longSide: 320,
    shortSide: 240,
    types: [...PICTURES, ...TEXTS, 'audio/amr', 'audio/midi'],
    smil: true,
    reports: false,
  },
}

/** The profile after a change. */
export function changeProfile(current: HandsetProfile, change: ProfileChange): HandsetProfile {
  const base = change.kind === undefined || change.kind === current.kind ? current : PROFILES[change.kind]
  const stated = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  return { ...base, ...stated }
}

/** Why a phone or its network let something fall. */
export type DropCause = 'too_many_bytes' | 'too_many_pixels' | 'type_not_taken' | 'not_what_it_says'

/** What the phone is asked to judge of a part. */
export type JudgedPart = {
  /** What the header says, and what the bytes say. */
  readonly type: string
  readonly found: string | null
  readonly width: number | null
  readonly height: number | null
}

/** Bytes of these are another type than their name without harm. */
const COMPATIBLE: { readonly [type: string]: readonly string[] } = {
  'audio/mp4': ['video/mp4', 'video/3gpp'],
  'video/mp4': ['audio/mp4', 'video/3gpp'],
  'video/3gpp': ['video/mp4'],
}

/** Why a phone drops a part; null when it takes it. */
export function dropCause(profile: HandsetProfile, part: JudgedPart): DropCause | null {
  if (part.type.startsWith('application/smil')) return null
  if (!profile.types.includes(part.type)) return 'type_not_taken'
  const hasSignature = !part.type.startsWith('text/')
  const found = part.found ?? ''
  if (hasSignature && found !== part.type && !COMPATIBLE[part.type]?.includes(found))
    return 'not_what_it_says'
  if (part.width !== null && part.height !== null) {
    const long = Math.max(part.width, part.height)
    const short = Math.min(part.width, part.height)
    if (long > profile.longSide || short > profile.shortSide) return 'too_many_pixels'
  } else if (part.type.startsWith('image/')) {
    return 'not_what_it_says'
  }
  return null
}
