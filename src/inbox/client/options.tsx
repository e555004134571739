import { useState } from 'preact/hooks'
import { type Draft, setDraft } from './draft.ts'
import { t } from './page.ts'

/** Characters that a subject may have; phones show about half of them. */
const LONGEST_SUBJECT = 80

/** Budgets by their names in the API. */
const BUDGETS = [
  ['safe', 'budgetSafe'],
  ['everywhere-us', 'budgetEverywhere'],
  ['recommended', 'budgetRecommended'],
  ['hard', 'budgetHard'],
] as const

/** What is rarely said of a message: its subject, and how large it may get. Folded away until it is asked for. */
export function Options({ place, draft }: { place: string; draft: Draft }) {
  const [asked, setAsked] = useState(false)
  const { subject = '', budget = '' } = draft
  if (!asked && subject === '' && budget === '')
    return (
      <button type="button" class="link options-open" onClick={() => setAsked(true)}>
        {t('options')}
      </button>
    )
  return (
    <div class="options">
      <input
        value={subject}
        maxLength={LONGEST_SUBJECT}
        dir="auto"
        placeholder={t('subject')}
        aria-label={t('subject')}
        onInput={({ currentTarget }) => setDraft(place, { ...draft, subject: currentTarget.value })}
      />
      <label>
        <span>{t('sizeLimit')}</span>
        <select
          aria-label={t('sizeLimit')}
          value={budget}
          onChange={({ currentTarget }) => setDraft(place, { ...draft, budget: currentTarget.value })}
        >
          <option value="">{t('sizeAutomatic')}</option>
          {BUDGETS.map(([name, key]) => (
            <option key={name} value={name}>
              {t(key)}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
