import { type ChaosState, FAULT_KINDS, type Fault, type FaultKind } from './chaos.ts'
import { PROFILE_KINDS, PROFILE_NAMES } from './handset.ts'
import type { HandsetsView } from './network-api.ts'
import { handsetHref, type PageFrame, PageLayout, readableNumber, Time } from './page-layout.tsx'

/** A line of the chaos form: a fault, a time-out being two. */
export type ChaosRow = {
  readonly name: string
  readonly kind: FaultKind
  readonly accept: boolean
  readonly says: string
}

const SAYS: { readonly [K in FaultKind]: string } = {
  reject: 'The carrier refuses the message with this status.',
  too_large: 'The carrier says that the message is too large.',
  timeout: 'The carrier stays silent and has not taken the message.',
  lost_answer: 'The carrier takes the message; a proxy answers 502.',
  duplicate: 'A webhook comes twice.',
  reorder: 'A webhook is overtaken by the one after it.',
  delay: 'A webhook comes late.',
}

/** The lines of the chaos form. */
export const CHAOS_ROWS: readonly ChaosRow[] = FAULT_KINDS.flatMap((kind) => {
  const row: ChaosRow = { name: kind, kind, accept: false, says: SAYS[kind] }
  if (kind !== 'timeout') return [row]
  const says = 'The carrier stays silent, but has taken the message.'
  return [row, { name: 'timeout_accept', kind, accept: true, says }]
})

const faultOf = (state: ChaosState, row: ChaosRow): Fault | undefined =>
  state.faults.find((fault) => fault.kind === row.kind && (fault.accept ?? false) === row.accept)

function ChaosForm({ frame, state }: { frame: PageFrame; state: ChaosState }) {
  return (
    <form method="post" action={`${frame.base}/simulator/chaos`}>
      <table>
        <thead>
          <tr>
            <th>What goes wrong</th>
            <th>%</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {CHAOS_ROWS.map((row) => {
            const fault = faultOf(state, row)
            return (
              <tr>
                <td>{row.says}</td>
                <td>
                  <input
                    type="number"
                    name={`${row.name}.percent`}
                    min="0"
                    max="100"
                    step="any"
                    value={String(Math.round((fault?.probability ?? 0) * 1e6) / 1e4)}
                    aria-label={`${row.says} Percent`}
                  />
                </td>
                <td>
                  {row.kind === 'reject' && (
                    <label>
                      status{' '}
                      <input
                        type="number"
                        name={`${row.name}.code`}
                        min="400"
                        max="599"
                        value={String(fault?.code ?? 400)}
                      />
                    </label>
                  )}
                  {(row.kind === 'timeout' || row.kind === 'delay') && (
                    <label>
                      ms{' '}
                      <input
                        type="number"
                        name={`${row.name}.ms`}
                        min="0"
                        max="120000"
                        value={String(fault?.ms ?? (row.kind === 'delay' ? 3000 : 15_000))}
                      />
                    </label>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <p class="row">
        <label>
          Seed <input type="number" name="seed" min="0" max="4294967295" value={String(state.seed)} />
        </label>
        <button type="submit">Set the weather</button>
        <small>The same seed gives the same accidents.</small>
      </p>
    </form>
  )
}

const SHOWS = {
  refused: 'refused at once',
  later: 'asked to wait',
  report: 'reported later',
  silence: 'never answered',
} as const

/** The list of phones, the numbers that go wrong, and the weather. */
export function SimulatorPage(props: {
  frame: PageFrame
  view: HandsetsView
  chaos: ChaosState
  version: string
  problem?: string | undefined
}) {
  const { frame, view, chaos, version } = props
  return (
    <PageLayout frame={frame} title="Belino simulator" version={version}>
      <header class="top">
        <h1>Simulated phones</h1>
        <span class="dim">
          Any number is a phone. Send to one, and it shows here what really went over the wire.
        </span>
      </header>
      {props.problem !== undefined && <p class="problem">{props.problem}</p>}
      <main class="home">
        <div class="stack">
          <section class="card">
            <h2>Phones</h2>
            {view.handsets.length === 0 ? (
              <p class="dim">
                None yet. A phone appears with its first message, or when you open its number.
              </p>
            ) : (
              <div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th>Number</th>
                      <th>Kind</th>
                      <th>Messages</th>
                      <th>Last</th>
                      <th />
                    </tr>
                  </thead>
                  <tbody>
                    {view.handsets.map((one) => (
                      <tr>
                        <td class="num">
                          <a href={handsetHref(frame, one.number)}>{readableNumber(one.number)}</a>
                        </td>
                        <td>{PROFILE_NAMES[one.profile.kind]}</td>
                        <td class="num">{one.messages}</td>
                        <td class="cut">{one.lastText ?? ''}</td>
                        <td class="num">
                          <Time at={one.lastAt} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            <form class="row kinds" method="post" action={`${frame.base}/simulator/phone`}>
              {PROFILE_KINDS.map((kind) => (
                <button type="submit" name="kind" value={kind} class="quiet">
                  {PROFILE_NAMES[kind]}
                </button>
              ))}
            </form>
            <form class="row" method="get" action={`${frame.base}/handset`}>
              <input name="number" required placeholder="+14165550142" aria-label="Number" />
              <button type="submit">Open this phone</button>
            </form>
          </section>
          <section class="card">
            <h2>Numbers that go wrong</h2>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th>Number</th>
                    <th>Reason</th>
                    <th>What it means</th>
                  </tr>
                </thead>
                <tbody>
                  {view.magic.map((magic) => (
                    <tr>
                      <td class="num">
                        <a href={handsetHref(frame, magic.number)}>{magic.number}</a>
                      </td>
                      <td>
                        <code>{magic.reason}</code>
                        <small class="block">
                          {SHOWS[magic.shows]}
                          {magic.mmsOnly && '; texts pass'}
                        </small>
                      </td>
                      <td>{magic.meaning}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
        </div>
        <div class="stack">
          <section class="card weather">
            <h2>Weather</h2>
            <ChaosForm frame={frame} state={chaos} />
          </section>
          <form method="post" action={`${frame.base}/simulator/clear`}>
            <button type="submit" class="quiet">
              Forget all messages
            </button>
          </form>
        </div>
      </main>
    </PageLayout>
  )
}
