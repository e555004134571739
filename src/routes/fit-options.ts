import { BUDGETS, type BudgetName } from '../domain/budget.ts'
import type { Failure } from '../domain/failure.ts'
import type { FitRequest } from '../domain/fit.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { SMALLEST_FILE } from '../messaging/fit-url-path.ts'
import { readFormat } from '../messaging/format-names.ts'

/** How the options of a fit are named, in a query and in a form. */
export const FIT_OPTIONS = {
  budget: 'Bytes, or safe, everywhere-us, recommended, hard.',
  types: 'Types that may leave, with commas between them: jpg,png or image/jpeg.',
  max_width: '16 to 20000 pixels.',
  max_height: '16 to 20000 pixels.',
  minimum_quality: '0 to 100: refuse what would look worse.',
  keep_animation: 'true refuses an animation rather than sending its first picture.',
  effort: 'best or fast.',
} as const

type Get = (name: keyof typeof FIT_OPTIONS) => string | undefined

const invalid = (field: string, problem: string): Result<never, Failure> =>
  fail({ code: 'invalid_field', field, problem })

/** Reads the options of a fit. */
export function readFitOptions(get: Get): Result<FitRequest, Failure> {
  const budget = bytesOf(get('budget') ?? 'safe')
  if (budget === null) return fail({ code: 'budget_out_of_range', least: SMALLEST_FILE, most: BUDGETS.hard })
  const maxWidth = wholeOf(get('max_width'), 16, 20_000)
  if (maxWidth === null) return invalid('max_width', 'Give 16 to 20000 pixels.')
  const maxHeight = wholeOf(get('max_height'), 16, 20_000)
  if (maxHeight === null) return invalid('max_height', 'Give 16 to 20000 pixels.')
  const minimumQuality = wholeOf(get('minimum_quality'), 0, 100)
  if (minimumQuality === null) return invalid('minimum_quality', 'Give 0 to 100.')
  const effort = get('effort')
  if (effort !== undefined && effort !== 'best' && effort !== 'fast')
    return invalid('effort', 'Choose best or fast.')
  const keep = get('keep_animation')
  if (keep !== undefined && keep !== 'true' && keep !== 'false')
    return invalid('keep_animation', 'Give true or false.')
  const named = get('types')
  const types = named?.split(',').map((name) => readFormat(name.trim()))
  if (types?.some((type) => type === undefined))
    return invalid('types', 'Name types by extension or in full, such as jpg,png or image/jpeg.')
  return ok({
    budget,
    ...(maxWidth === undefined ? {} : { maxWidth }),
    ...(maxHeight === undefined ? {} : { maxHeight }),
    ...(minimumQuality === undefined ? {} : { minimumQuality }),
    ...(effort === undefined ? {} : { effort }),
    ...(keep === undefined ? {} : { keepAnimation: keep === 'true' }),
    ...(types === undefined ? {} : { types: types.filter((type) => type !== undefined) }),
  })
}

function bytesOf(text: string): number | null {
  if (Object.hasOwn(BUDGETS, text)) return BUDGETS[text as BudgetName]
  const bytes = /^\d{1,8}$/.test(text) ? Number(text) : 0
  return bytes >= SMALLEST_FILE && bytes <= BUDGETS.hard ? bytes : null
}

/** Undefined without a word, null for nonsense. */
function wholeOf(text: string | undefined, least: number, most: number): number | undefined | null {
  if (text === undefined) return undefined
  const value = /^\d{1,5}$/.test(text) ? Number(text) : -1
  return value >= least && value <= most ? value : null
}
