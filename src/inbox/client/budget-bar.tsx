import type { Draft } from './draft.ts'
import { bytes } from './format.ts'
import { t } from './page.ts'
import { budgetOf, verdict } from './preview.ts'

/** Bytes of headers and presentation, where the gateway has not counted them. */
const OVERHEAD = 2_000

/** How full a message is: each file a piece of the bar. */
export function BudgetBar({ draft }: { draft: Draft }) {
  const budget = budgetOf(draft)
  const pieces = draft.files.map((file) => file.outcome?.bytes ?? 0)
  const text = new TextEncoder().encode(draft.text).length + OVERHEAD
  const used = verdict.value?.wireBytes ?? pieces.reduce((sum, one) => sum + one, text)
  const width = (n: number) => ({ width: `${Math.min(100, (n / budget) * 100)}%` })
  return (
    <div class={used > budget ? 'budget over' : 'budget'}>
      {/* biome-ignore lint/a11y/useSemanticElements: a meter element cannot be made of pieces */}
      <div
        class="bar"
        role="meter"
        aria-label={t('budget')}
        aria-valuemin={0}
        aria-valuemax={budget}
        aria-valuenow={Math.min(used, budget)}
      >
        {pieces.map((one, index) => (
          <i key={index} style={width(one)} />
        ))}
        <i class="rest" style={width(text)} />
      </div>
      <span>{t('budgetOf', { used: bytes(used), budget: bytes(budget) })}</span>
    </div>
  )
}
