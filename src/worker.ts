import { createBelino } from './gateway.ts'

const belino = createBelino()

export const { Conversation, Fitter, FitLease, Live, SimulatorNetwork, Subscriber } = belino
const { Number: NumberLine } = belino

export { NumberLine as Number }

export default { fetch: belino.fetch, scheduled: belino.scheduled } satisfies ExportedHandler<
  Parameters<typeof belino.fetch>[1]
>
