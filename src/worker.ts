import { DurableObject } from 'cloudflare:workers'

export class Conversation extends DurableObject {}
export class SimulatorNetwork extends DurableObject {}

export default { fetch: () => new Response('not yet', { status: 503 }) }
