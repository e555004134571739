/**
 * The statements of five vendors' pages about messages, by their ids, and what each is here: a statement passes when tests of
 * this folder that carry its id pass; what comes later or is none of ours says why.
 */
export type Verdict =
  | {
      readonly is: 'pass'
      /** Where the part of it that a person sees is tested, beside what stands in this folder. */
      readonly page?: string
    }
  | { readonly is: 'later' | 'n/a'; readonly why: string }

const pass: Verdict = { is: 'pass' }
/** Its API is tested here, its page in a browser. */
const shown = (page: 'messages' | 'tasks' | 'reasons' | 'security' | 'connection'): Verdict => ({
  is: 'pass',
  page: `test/inbox/${page}.test.ts`,
})
const later = (why: string): Verdict => ({ is: 'later', why })
const none = (why: string): Verdict => ({ is: 'n/a', why })

const VOIPMS = 'a row of the limits of VoIP.ms, which is no vendor here yet'

/** How many statements each page has. */
export const PAGES = { G: 21, C: 23, V: 32, I: 16, S: 32 } as const

/** Every statement. */
export const STATEMENTS: Readonly<Record<string, Verdict>> = {
  // Numbers, media and content profiles.
  G1: pass,
  G2: pass,
  G3: pass,
  G4: pass,
  G5: pass,
  G6: pass,
  G7: pass,
  G8: pass,
  G9: pass,
  G10: pass,
  G11: pass,
  G12: pass,
  G13: shown('messages'),
  G14: pass,
  G15: pass,
  G16: shown('security'),
  G17: pass,
  G18: pass,
  G19: pass,
  G20: pass,
  G21: pass,
  // The page of a call center.
  C1: pass,
  C2: pass,
  C3: pass,
  C4: pass,
  C5: pass,
  C6: pass,
  C7: pass,
  C8: pass,
  C9: pass,
  C10: shown('messages'),
  C11: pass,
  C12: pass,
  C13: shown('messages'),
  C14: pass,
  C15: shown('messages'),
  C16: shown('messages'),
  C17: shown('messages'),
  C18: shown('messages'),
  C19: shown('messages'),
  C20: shown('tasks'),
  C21: shown('messages'),
  C22: shown('reasons'),
  C23: shown('messages'),
  // The portal of a phone company.
  V1: pass,
  V2: shown('messages'),
  V3: pass,
  V4: pass,
  V5: pass,
  V6: pass,
  V7: pass,
  V8: pass,
  V9: none('there is no SIP here; what comes in is read over HTTP, in the message center, or forwarded'),
  V10: pass,
  V11: later(VOIPMS),
  V12: pass,
  V13: pass,
  V14: pass,
  V15: later(VOIPMS),
  V16: pass,
  V17: pass,
  V18: shown('tasks'),
  V19: none('numbers are ordered at their vendor; POST /v1/numbers brings them here'),
  V20: pass,
  V21: shown('tasks'),
  V22: shown('messages'),
  V23: shown('messages'),
  V24: shown('messages'),
  V25: shown('messages'),
  V26: shown('tasks'),
  V27: shown('messages'),
  V28: shown('tasks'),
  V29: shown('tasks'),
  V30: shown('messages'),
  V31: shown('messages'),
  V32: shown('tasks'),
  // The guide of a messaging company.
  I1: pass,
  I2: none('that no data plan is needed is what MMS is; nothing of it is ours'),
  I3: pass,
  I4: pass,
  I5: later('campaigns'),
  I6: pass,
  I7: pass,
  I8: pass,
  I9: pass,
  I10: pass,
  I11: pass,
  I12: pass,
  I13: pass,
  I14: pass,
  I15: pass,
  I16: pass,
  // The Conversation API, whose dialect is spoken here.
  S1: pass,
  S2: pass,
  S3: pass,
  S4: pass,
  S5: pass,
  S6: pass,
  S7: pass,
  S8: pass,
  S9: pass,
  S10: pass,
  S11: pass,
  S12: pass,
  S13: pass,
  S14: pass,
  S15: pass,
  S16: pass,
  S17: pass,
  S18: pass,
  S19: pass,
  S20: pass,
  S21: pass,
  S22: pass,
  S23: pass,
  S24: pass,
  S25: pass,
  S26: pass,
  S27: pass,
  S28: pass,
  S29: pass,
  S30: pass,
  S31: pass,
  S32: pass,
}
