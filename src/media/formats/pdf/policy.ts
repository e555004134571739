import { latin1 } from '../../bytes.ts'
import { asKind, nameIn, type PdfDict, type PdfValue } from './value.ts'

/**
 * Entries that do not leave, in whatever dictionary: who made the file, when and with what; files, programs and forms
 * within it; and what a reader would do by itself when it opens the file.
 */
export const UNWANTED: ReadonlySet<string> = new Set([
  ...['Metadata', 'PieceInfo', 'LastModified', 'Thumb', 'Info', 'ID', 'Author', 'Creator', 'Producer'],
  ...['CreationDate', 'ModDate', 'OutputIntents', 'SpiderInfo', 'Legal', 'Perms', 'DSS', 'Collection'],
  ...[
    'OpenAction',
    'AA',
    'JavaScript',
    'JS',
    'EmbeddedFiles',
    'EmbeddedFile',
    'EF',
    'AF',
    'RF',
    'XFA',
    'Requirements',
  ],
  ...[
    'Launch',
    'Win',
    'Mac',
    'Unix',
    'RichMediaContent',
    'RichMediaSettings',
    'Renditions',
    'URLS',
    'IDS',
    'Templates',
  ],
])

/** Marks on a page that are part of what is seen. Notes, sounds, movies, files and 3D stay behind. */
const SEEN_MARKS = new Set([
  ...[
    'Link',
    'Widget',
    'FreeText',
    'Line',
    'Square',
    'Circle',
    'Polygon',
    'PolyLine',
    'Highlight',
    'Underline',
  ],
  ...['Squiggly', 'StrikeOut', 'Stamp', 'Ink'],
])
/** What a mark says of who made it and when. */
const SIGNED = new Set(['T', 'M', 'NM', 'Contents', 'RC', 'Subj', 'Popup', 'IRT'])

const FOREIGN = new Set(['Metadata', 'EmbeddedFile', 'Filespec', 'F'])

/** Whether a dictionary may be in the file at all. */
export function mayStay(dict: PdfDict): boolean {
  if (isAction(dict)) return isHarmless(dict)
  if (FOREIGN.has(nameIn(dict, 'Type') ?? '')) return false
  return !isMark(dict) || SEEN_MARKS.has(nameIn(dict, 'Subtype') ?? '')
}

/** Whether an entry of a dictionary may stay. */
export function keepsEntry(dict: PdfDict, key: string): boolean {
  if (UNWANTED.has(key)) return false
  // What follows an action is never looked at, and a field's name is no signature.
  if (key === 'Next' && isAction(dict)) return false
  return !(isMark(dict) && SIGNED.has(key) && nameIn(dict, 'Subtype') !== 'Widget')
}

function isMark(dict: PdfDict): boolean {
  return nameIn(dict, 'Type') === 'Annot' || (dict.entries.has('Rect') && dict.entries.has('Subtype'))
}

/** An action says what kind it is by S; so do other dictionaries, but by other names. */
function isAction(dict: PdfDict): boolean {
  return nameIn(dict, 'Type') === 'Action' || ACTIONS.has(nameIn(dict, 'S') ?? '')
}

const ACTIONS = new Set([
  ...[
    'GoTo',
    'GoToR',
    'GoToE',
    'GoToDp',
    'Launch',
    'Thread',
    'URI',
    'Sound',
    'Movie',
    'Hide',
    'Named',
    'SubmitForm',
  ],
  ...[
    'ResetForm',
    'ImportData',
    'JavaScript',
    'SetOCGState',
    'Rendition',
    'Trans',
    'GoTo3DView',
    'RichMediaExecute',
  ],
])

/** A jump within the file, or an address that a person would see before it is opened. */
function isHarmless(dict: PdfDict): boolean {
  const kind = nameIn(dict, 'S')
  if (kind === 'GoTo' || kind === 'Named') return true
  return kind === 'URI' && isWebAddress(dict.entries.get('URI'))
}

function isWebAddress(value: PdfValue | undefined): boolean {
  const raw = asKind(value, 'text')?.raw
  return raw !== undefined && /^\((https?|mailto|tel):/i.test(latin1(raw, 0, 16))
}
