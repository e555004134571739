import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { get } from './api.ts'
import { bytes, readable } from './format.ts'
import { showPage } from './frame.tsx'
import { boot, t } from './page.ts'
import type { OwnNumber } from './wire.ts'

/** Counts of a day and a number. */
type Day = {
  readonly day: string
  readonly number: string
  readonly sent: number
  readonly received: number
  readonly failed: number
  readonly bytes_before: number
  readonly bytes_after: number
}
type Overview = {
  readonly days: readonly Day[]
  readonly reasons: readonly { readonly reason: string; readonly count: number; readonly message?: string }[]
}
type Webhook = {
  readonly id: string
  readonly url: string
  readonly disabled_at?: string | null
  readonly disabled_reason?: string | null
}

/** Days that are looked back on. */
const DAYS = 30

const overview = signal<Overview | null>(null)
const webhooks = signal<readonly Webhook[]>([])
const labels = signal<ReadonlyMap<string, string>>(new Map())
const chosen = signal('')
const problem = signal<string | null>(null)

async function load(): Promise<void> {
  const [found, hooks, own] = await Promise.all([
    get<Overview>('/v1/overview', { utc_offset_minutes: -new Date().getTimezoneOffset() }),
    get<{ webhooks: Webhook[] }>('/v1/webhooks'),
    get<{ numbers: OwnNumber[] }>('/v1/numbers'),
  ])
  if (found.ok) overview.value = found.value
  else problem.value = found.problem.message
  if (hooks.ok) webhooks.value = hooks.value.webhooks ?? []
  if (own.ok)
    labels.value = new Map(own.value.numbers.map((one) => [one.number, one.label ?? readable(one.number)]))
}

const dayText = (at: Date): string =>
  `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`

/** The last days, each with its counts, also those on which nothing happened. */
function rowsOf(days: readonly Day[]): { day: string; sent: number; received: number; failed: number }[] {
  const today = new Date()
  return Array.from({ length: DAYS }, (_, i) => {
    const day = dayText(new Date(today.getFullYear(), today.getMonth(), today.getDate() - (DAYS - 1 - i)))
    const those = days.filter((one) => one.day === day)
    const sum = (key: 'sent' | 'received' | 'failed') => those.reduce((total, one) => total + one[key], 0)
    return { day, sent: sum('sent'), received: sum('received'), failed: sum('failed') }
  })
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function Plot({ rows }: { rows: ReturnType<typeof rowsOf> }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const bars = uPlot.paths.bars?.({ size: [0.62, 26], radius: 0.3 })
    const line = (label: string, stroke: string, fill: string): uPlot.Series => ({
      label,
      stroke,
      fill,
      width: 1.5,
      points: { show: false },
      ...(bars === undefined ? {} : { paths: bars }),
    })
    const axis = {
      stroke: colour('--dim'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    }
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 240,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => [-0.7, rows.length - 0.3] },
          y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.15))] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            values: (_, splits) =>
              splits.map((at) => {
                const row = rows[Math.round(at)]
                return row === undefined || at % 1 !== 0
                  ? ''
                  : new Date(`${row.day}T12:00`).toLocaleDateString(boot.language, {
                      day: 'numeric',
                      month: 'short',
                    })
              }),
          },
          { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10000] },
        ],
        series: [
          {},
          line(t('received'), colour('--theirs-plot'), colour('--theirs-plot')),
          line(t('sent'), colour('--accent'), colour('--accent')),
          line(t('failed'), colour('--bad'), colour('--bad')),
        ],
      },
      [
        rows.map((_, i) => i),
        // Drawn one behind the other: the tallest first.
        rows.map((row) => row.received + row.sent || null),
        rows.map((row) => row.sent || null),
        rows.map((row) => row.failed || null),
      ],
      element,
    )
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: 240 }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [rows])
  return <div class="plot" ref={box} aria-hidden="true" />
}

function Tile({ name, value, tone }: { name: string; value: string; tone?: string }) {
  return (
    <div class={`tile ${tone ?? ''}`}>
      <b>{value}</b>
      <span>{name}</span>
    </div>
  )
}

function Table({ rows }: { rows: ReturnType<typeof rowsOf> }) {
  return (
    <details class="numbers-table">
      <summary>{t('asTable')}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('day')}</th>
            <th scope="col">{t('sent')}</th>
            <th scope="col">{t('received')}</th>
            <th scope="col">{t('failed')}</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .filter((row) => row.sent + row.received + row.failed > 0)
            .map((row) => (
              <tr key={row.day}>
                <th scope="row">{row.day}</th>
                <td>{row.sent}</td>
                <td>{row.received}</td>
                <td>{row.failed}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </details>
  )
}

function Page() {
  useEffect(() => void load(), [])
  if (problem.value !== null)
    return (
      <p class="problem" role="alert">
        {problem.value}
      </p>
    )
  if (overview.value === null)
    return (
      <p class="working" role="status">
        <span class="spinner" /> {t('loading')}
      </p>
    )
  const { reasons } = overview.value
  const all = overview.value.days
  const days = chosen.value === '' ? all : all.filter((one) => one.number === chosen.value)
  const rows = rowsOf(days)
  const sum = (key: 'sent' | 'received' | 'failed' | 'bytes_before' | 'bytes_after') =>
    days.reduce((total, one) => total + one[key], 0)
  const saved = Math.max(0, sum('bytes_before') - sum('bytes_after'))
  const most = Math.max(1, ...reasons.map((one) => one.count))
  const numbers = [...new Set(all.map((one) => one.number))].sort()
  const n = (value: number) => value.toLocaleString(boot.language)
  return (
    <>
      <div class="tiles">
        <Tile name={t('sent')} value={n(sum('sent'))} tone="accent" />
        <Tile name={t('received')} value={n(sum('received'))} />
        <Tile name={t('failed')} value={n(sum('failed'))} tone={sum('failed') > 0 ? 'bad' : ''} />
        <Tile name={t('bytesSaved')} value={bytes(saved)} tone="good" />
      </div>
      <section class="panel">
        <header>
          <h2>{t('byDay')}</h2>
          <label>
            <span class="hidden-words">{t('ourNumber')}</span>
            <select
              value={chosen.value}
              onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
            >
              <option value="">{t('allNumbers')}</option>
              {numbers.map((one) => (
                <option key={one} value={one}>
                  {labels.value.get(one) ?? readable(one)}
                </option>
              ))}
            </select>
          </label>
        </header>
        <p class="legend">
          <i class="k-sent" /> {t('sent')} <i class="k-received" /> {t('received')} <i class="k-failed" />{' '}
          {t('failed')}
        </p>
        <Plot rows={rows} key={chosen.value} />
        <Table rows={rows} />
      </section>
      <div class="two">
        <section class="panel">
          <h2>{t('topReasons')}</h2>
          {reasons.length === 0 && <p class="dim">{t('nothingFailed')}</p>}
          <ol class="reasons">
            {reasons.slice(0, 8).map((one) => (
              <li key={one.reason}>
                <span>{one.reason.replaceAll('_', ' ')}</span>
                <b>{n(one.count)}</b>
                <i style={{ width: `${(one.count / most) * 100}%` }} />
              </li>
            ))}
          </ol>
        </section>
        <section class="panel">
          <h2>{t('webhooks')}</h2>
          {webhooks.value.length === 0 && <p class="dim">{t('noWebhooks')}</p>}
          <ul class="hooks">
            {webhooks.value.map((hook) => {
              const off = hook.disabled_at != null
              return (
                <li key={hook.id}>
                  <i class={off ? 'lamp off' : 'lamp'} />
                  <bdi>{hook.url}</bdi>
                  <small>{off ? (hook.disabled_reason ?? t('switchedOff')) : t('working')}</small>
                </li>
              )
            })}
          </ul>
        </section>
      </div>
    </>
  )
}

showPage(t('overview'), <Page />)
