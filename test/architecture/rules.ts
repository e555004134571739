import type { Import, Module } from './modules.ts'

/** The rules of the house as functions from modules to sentences, one for each place that breaks the rule. */
export type Rule = (modules: readonly Module[]) => string[]

/** From the ground up. A file imports its own room and lower floors; rooms of one floor do not see each other. */
const FLOORS: Readonly<Record<string, number>> = {
  media: 0,
  domain: 0,
  vendors: 1,
  store: 1,
  delivery: 2,
  messaging: 3,
  routes: 4,
  inbox: 4,
  config: 4,
  // The pauses of power-cut tests, which the gateway lays around the steps of a send.
  pause: 4,
  gateway: 5,
  index: 6,
  worker: 6,
  // A program around the media library, beside the gateway.
  cli: 6,
}

/** The folder below `src`, or the file itself where it lies in `src`; null outside. */
export function roomOf(path: string): string | null {
  const match = /^src\/([^/]+?)(?:\/|\.tsx?$)/.exec(path)
  return match?.[1] ?? null
}

const vendorOf = (path: string): string | null => /^src\/vendors\/([^/]+)\//.exec(path)?.[1] ?? null

/** Applies a judgement to every import of every file. */
const eachImport =
  (judge: (module: Module, one: Import) => string | null): Rule =>
  (modules) =>
    modules.flatMap((module) =>
      module.imports.flatMap((one) => {
        const verdict = judge(module, one)
        return verdict === null ? [] : [`${module.path} imports ${one.target}: ${verdict}`]
      }),
    )

/** Every file lies in a room that has a floor. */
export const rooms: Rule = (modules) =>
  modules
    .filter((module) => FLOORS[roomOf(module.path) ?? ''] === undefined)
    .map((module) => `${module.path} lies in no room that the house has`)

/** Imports go down. `domain` may take types from `media`, which lies beside it. */
export const floors: Rule = eachImport((module, one) => {
  const [from, to] = [roomOf(module.path), roomOf(one.target)]
  if (to === null) return one.target.startsWith('wasm/') && from !== 'media' ? 'the core has one door' : null
  if (from === to) return null
  if (from === 'domain' && to === 'media') return one.typeOnly ? null : 'domain takes only types from media'
  return (FLOORS[from ?? ''] ?? -1) > (FLOORS[to] ?? 99) ? null : `${from} does not see ${to}`
})

/** A vendor's folder sees the domain and the contract, and nobody but the gateway and the registry sees into a vendor's folder. */
export const vendors: Rule = eachImport((module, one) => {
  const [from, to] = [vendorOf(module.path), vendorOf(one.target)]
  if (from !== null) {
    if (roomOf(one.target) === null || roomOf(one.target) === 'domain' || from === to) return null
    return one.target === 'src/vendors/contract.ts' ? null : 'a vendor sees domain and contract only'
  }
  if (to === null || roomOf(module.path) === 'gateway' || module.path === 'src/vendors/registry.ts')
    return null
  return 'only the gateway knows the vendors by name'
})

/** Storage is seen through the ports of the domain. */
export const storage: Rule = eachImport((module, one) =>
  roomOf(one.target) === 'store' && !['store', 'gateway'].includes(roomOf(module.path) ?? '')
    ? 'storage is seen through domain/ports.ts'
    : null,
)

/** D1 and R2 are named in the store, and where the bindings come in. */
export const bindings: Rule = (modules) =>
  modules.flatMap((module) => {
    if (['store', 'gateway'].includes(roomOf(module.path) ?? '')) return []
    return [...module.names]
      .filter((name) => /^(?:D1|R2)[A-Z]/.test(name))
      .map((name) => `${module.path} names ${name}: only the store does`)
  })

/** The message center is a client of the HTTP API: it knows the domain's types, and no back door. */
export const inbox: Rule = eachImport((module, one) => {
  if (roomOf(module.path) !== 'inbox') return null
  const to = roomOf(one.target)
  if (to === null || to === 'inbox') return null
  return to === 'domain' && one.typeOnly ? null : 'inbox takes types from domain and nothing else of ours'
})

/** The configuration is read in one place, which hands each room its own options. */
export const configuration: Rule = eachImport((module, one) =>
  roomOf(one.target) === 'config' &&
  !['config', 'gateway', 'index', 'worker'].includes(roomOf(module.path) ?? '')
    ? 'each room is handed its own options'
    : null,
)

/** Who may see a framework or a platform. What is not listed here may be seen by everybody. */
const SIGHT: readonly { readonly of: RegExp; readonly from: RegExp; readonly why: string }[] = [
  {
    of: /^hono(?:\/|$)/,
    from: /^src\/(?:(?:routes|inbox|gateway)[/.]|vendors\/[^/]+\/(?!(?:carrier|wire|limits)\.ts$))/,
    why: 'HTTP ends in routes, dialects and pages',
  },
  {
    of: /^cloudflare:/,
    from: /^src\/(?:(?:delivery|gateway|worker)[/.]|vendors\/simulator\/network\.ts$)/,
    why: 'the platform is for delivery, the gateway and the simulated network',
  },
  { of: /^node:/, from: /^src\/(?:media\/.*\/node\.ts$|cli\/)/, why: 'the Worker has no Node' },
  { of: /\.wasm$/, from: /^src\/media\/[^/]+\/(?:workerd|node|browser)\.ts$/, why: 'wasm has its doors' },
  {
    of: /^src\/media\/core\/(?:workerd|node|browser)\.ts$/,
    from: /^src\/media\/codec\.ts$/,
    why: 'codec.ts is the door',
  },
]

/** Frameworks and platforms are seen only where they belong. */
export const sight: Rule = eachImport((module, one) => {
  const rule = SIGHT.find((row) => row.of.test(one.target))
  return rule === undefined || rule.from.test(module.path) ? null : rule.why
})

/** Whoever talks to the outside was given its `fetch`, so that the gateway decides what may be reached. */
export const outbound: Rule = (modules) =>
  modules
    .filter((module) => module.globalFetch)
    .filter(
      (module) => !/^src\/(?:(?:gateway|worker|inbox)[/.]|media\/[^/]+\/browser\.ts$)/.test(module.path),
    )
    .map((module) => `${module.path} uses the global fetch: it is to be given one`)

/** The media core and the media library stand alone. */
export const alone: Rule = eachImport((module, one) => {
  if (module.path.startsWith('wasm/'))
    return one.target.startsWith('wasm/') ? null : 'the core imports nothing but itself'
  if (roomOf(module.path) !== 'media') return null
  const to = roomOf(one.target)
  return to === null || to === 'media' ? null : 'media imports nothing outside itself'
})

/** Import circles, type-only imports counted: each strongly connected set of files once. */
export const cycles: Rule = (modules) => {
  const known = new Map(modules.map((module) => [module.path, module]))
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[] = []
  const visit = (path: string): void => {
    order.set(path, order.size)
    low.set(path, order.size - 1)
    stack.push(path)
    for (const { target } of known.get(path)?.imports ?? []) {
      if (target === path) found.push(`${path} imports itself`)
      if (!known.has(target)) continue
      if (!order.has(target)) {
        visit(target)
        low.set(path, Math.min(low.get(path) ?? 0, low.get(target) ?? 0))
      } else if (stack.includes(target)) {
        low.set(path, Math.min(low.get(path) ?? 0, order.get(target) ?? 0))
      }
    }
    if (low.get(path) !== order.get(path)) return
    const circle = stack.splice(stack.indexOf(path))
    if (circle.length > 1) found.push(`a circle of imports: ${circle.sort().join(', ')}`)
  }
  for (const path of known.keys()) if (!order.has(path)) visit(path)
  return found
}

/** The edges of the library, where a list of names is the point. */
const EDGES = ['src/index.ts', 'src/media/index.ts']

/** No file inside only hands on what others made. */
export const barrels: Rule = (modules) =>
  modules
    .filter((module) => module.barrel && !EDGES.includes(module.path))
    .map((module) => `${module.path} is a barrel: import from where things are made`)

/** No file is longer than `most` lines, save the tables of data named here. A name that is not needed any more goes. */
export const lengths =
  (most: number, tables: readonly string[]): Rule =>
  (modules) => [
    ...modules
      .filter((module) => module.lines > most && !tables.includes(module.path))
      .map((module) => `${module.path} has ${module.lines} lines; ${most} is the end`),
    ...tables
      .filter((table) => (modules.find((module) => module.path === table)?.lines ?? 0) <= most)
      .map((table) => `${table} is no table of more than ${most} lines: take it off the list`),
  ]

/** The number in the middle; of an even number the upper one. */
export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
