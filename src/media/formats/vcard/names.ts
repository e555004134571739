/** What a person is told by a contact. All else names devices, programs, dates of sync, or is not text. */
const WORDS = new Set(
  (
    'BEGIN END VERSION N FN NICKNAME BDAY ANNIVERSARY GENDER ADR LABEL TEL EMAIL IMPP ORG TITLE ROLE NOTE URL LANG ' +
    'CATEGORIES KIND RELATED MEMBER SORT-STRING CALURI FBURL X-ABLABEL X-ABADR X-SOCIALPROFILE X-MAIDENNAME ' +
    'X-PHONETIC-FIRST-NAME X-PHONETIC-MIDDLE-NAME X-PHONETIC-LAST-NAME X-SKYPE X-AIM X-ICQ X-JABBER X-GENDER'
  ).split(' '),
)

/** Whether a property is text that stays as it is. */
export function isWord(name: string): boolean {
  return WORDS.has(name)
}

/** Whether a property is a picture, which is fitted like any other. */
export function isPicture(name: string): boolean {
  return name === 'PHOTO' || name === 'LOGO'
}
