import type { MediaFailure } from '../../failure.ts'
import type { Cleaned } from '../../pass-through.ts'
import { type Property, readProperties } from '../../properties.ts'
import { fail, ok, type Result } from '../../result.ts'
import { readText } from '../text/read-text.ts'

/** What an event, a task or a time zone needs to be shown. Programs, dates of sync and attached files stay behind. */
const KEPT = new Set(
  (
    'BEGIN END VERSION CALSCALE METHOD UID DTSTAMP DTSTART DTEND DURATION DUE COMPLETED SUMMARY DESCRIPTION LOCATION ' +
    'STATUS CLASS CATEGORIES PRIORITY PERCENT-COMPLETE SEQUENCE TRANSP URL RRULE RDATE EXDATE RECURRENCE-ID ' +
    'ORGANIZER ATTENDEE CONTACT COMMENT RESOURCES REQUEST-STATUS RELATED-TO FREEBUSY TZID TZNAME TZOFFSETFROM ' +
    'TZOFFSETTO ACTION TRIGGER REPEAT AALARM DALARM RESULT'
  ).split(' '),
)

/** Required of every calendar by RFC 5545, 3.7.3; the sender's would name a program. */
const PRODUCT = 'PRODID:-//Belino//EN'

/**
 * A calendar with its events and tasks. The unique id stays, since answers and updates are matched by it; a place
 * stays as its words, its coordinates go.
 */
export function cleanCalendar(source: Uint8Array): Result<Cleaned, MediaFailure> {
  const { text, repaired } = readText(source)
  const kept = readProperties(text).filter(({ name }) => KEPT.has(name))
  if (kept.at(-1)?.name !== 'END')
    return fail({ code: 'malformed_media', type: 'text/calendar', detail: 'no END' })
  const lines = kept.flatMap((property) =>
    isBeginning(property) ? [...property.lines, PRODUCT] : property.lines,
  )
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(''))
  return ok({ bytes, warnings: repaired ? [{ code: 'text_repaired' }] : [] })
}

function isBeginning({ name, value }: Property): boolean {
  return name === 'BEGIN' && value.trim().toUpperCase() === 'VCALENDAR'
}
