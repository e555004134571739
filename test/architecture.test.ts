import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Module, readModule, readModules } from './architecture/modules.ts'
import {
  alone,
  barrels,
  bindings,
  configuration,
  cycles,
  floors,
  inbox,
  lengths,
  median,
  outbound,
  type Rule,
  rooms,
  sight,
  storage,
  vendors,
} from './architecture/rules.ts'

/** Files of more than 400 lines that are tables of data. */
const TABLES: readonly string[] = ['src/inbox/strings.ts']
const MOST_LINES = 400

const root = fileURLToPath(new URL('..', import.meta.url))
const source = readModules('src')
const core = readModules('wasm')

describe('the house', () => {
  it('was found', () => {
    expect(source.length).toBeGreaterThan(50)
    expect(core.length).toBeGreaterThan(3)
    expect(source.flatMap((module) => module.imports).length).toBeGreaterThan(200)
  })

  it('has a file wherever an import leads', () => {
    const paths = new Set([...source, ...core].map((module) => module.path))
    const missing = [...source, ...core].flatMap((module) =>
      module.imports
        .filter((one) => /^(?:src|wasm)\/.*\.(?:ts|tsx)$/.test(one.target) && !paths.has(one.target))
        .map((one) => `${module.path} -> ${one.target}`),
    )
    expect(missing).toEqual([])
  })

  it.each<[string, Rule]>([
    ['every file lies in a room', rooms],
    ['imports go down from floor to floor', floors],
    ['vendors do not know each other', vendors],
    ['storage is seen through ports', storage],
    ['D1 and R2 are named in the store', bindings],
    ['the inbox has no back door', inbox],
    ['the configuration is handed on', configuration],
    ['frameworks and platforms stay where they belong', sight],
    ['fetch is handed on', outbound],
    ['media stands alone', alone],
    ['no circles', cycles],
    ['no barrels', barrels],
    [`no file of more than ${MOST_LINES} lines`, lengths(MOST_LINES, TABLES)],
  ])('%s', (_, rule) => {
    expect(rule(source)).toEqual([])
  })

  it('has a core that stands alone, in files of bearable length', () => {
    expect(alone(core)).toEqual([])
    expect(cycles(core)).toEqual([])
    expect(lengths(MOST_LINES, [])(core)).toEqual([])
  })

  it('is made of small files', () => {
    expect(median(source.map((module) => module.lines))).toBeLessThanOrEqual(100)
  })

  it('fetches from the public internet only', () => {
    const flags = /^compatibility_flags\s*=\s*\[([^\]]*)\]/m.exec(
      readFileSync(`${root}/wrangler.toml`, 'utf8'),
    )
    expect(flags?.[1]?.match(/"([^"]+)"/g)).toContain('"global_fetch_strictly_public"')
  })

  it('compiles media without the types of Workers or Node', () => {
    const config = JSON.parse(readFileSync(`${root}/src/media/tsconfig.json`, 'utf8'))
    expect(config.compilerOptions).toMatchObject({ types: [], lib: ['ES2024', 'WebWorker'] })
    expect(JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).scripts.types).toContain(
      'tsc -p src/media',
    )
  })
})

const made = (path: string, code: string): Module =>
  readModule(path, code, { '#door': ['src/media/core/node.ts'] })

describe('reading a file', () => {
  const targets = (code: string) =>
    made('src/domain/a.ts', code).imports.map((one) => `${one.target}${one.typeOnly ? ' (type)' : ''}`)

  it.each([
    ["import { b } from './b.ts'", ['src/domain/b.ts']],
    ["import type { B } from '../media/b.ts'", ['src/media/b.ts (type)']],
    ["import { type B } from './b.ts'", ['src/domain/b.ts']],
    ["import './b.ts'", ['src/domain/b.ts']],
    ["import * as b from './b.ts'", ['src/domain/b.ts']],
    ["export { b } from './b.ts'", ['src/domain/b.ts']],
    ["export type { B } from './b.ts'", ['src/domain/b.ts (type)']],
    ["export * from './b.ts'", ['src/domain/b.ts']],
    ["export const b = await import('../store/b.ts')", ['src/store/b.ts']],
    ["export type B = import('../store/b.ts').B", ['src/store/b.ts (type)']],
    ["export type B = typeof import('./b.ts')", ['src/domain/b.ts (type)']],
    ["import { b } from '#door'", ['src/media/core/node.ts']],
    ["import { Hono } from 'hono'", ['hono']],
    ["export const b = \"import './b.ts'\" // import './c.ts'", []],
  ])('%s', (code, expected) => {
    expect(targets(code)).toEqual(expected)
  })

  it.each([
    ["export { a } from './a.ts'", true],
    ["export * from './a.ts'\nexport type { B } from './b.ts'", true],
    ["import { a } from './a.ts'\nexport { a }", true],
    ["export { a } from './a.ts'\nexport const b = 1", false],
    ["import './a.ts'", false],
    ['export type A = 1', false],
  ])('tells a barrel: %j', (code, barrel) => {
    expect(made('src/domain/a.ts', code).barrel).toBe(barrel)
  })

  it.each([
    ["export const a = () => fetch('https://x')", true],
    ['export const a = globalThis.fetch', true],
    ['export const a = { port: fetch }', true],
    ['export const a = { fetch }', true],
    ["export const a = (fetch: Fetch) => fetch('x')", false],
    ["export const a = ({ fetch }: Ports) => fetch('x')", false],
    ["export const a = ({ fetch = other }: Ports) => fetch('x')", false],
    ["export function a(ports: Ports) { const { fetch } = ports; return fetch('x') }", false],
    ["export const a = async ({ get: fetch }: Ports, ...[b]: C) => fetch('x')", false],
    ["import { fetch } from './b.ts'\nexport const a = () => fetch('x')", false],
    ['export class A { constructor(private fetch: Fetch) {} }', false],
    ["export const a = ({ fetch: get }: Ports) => fetch('x')", true],
    ["export const a = (get = fetch) => get('x')", true],
    ["export const a = (ports: Ports) => ports.fetch('x')", false],
    ['export type A = { readonly fetch: (url: string) => void }', false],
    ['export const a = { fetch: 1 }', false],
    ['export class A { fetch() {} }', false],
  ])('tells the global fetch: %j', (code, expected) => {
    expect(made('src/domain/a.ts', code).globalFetch).toBe(expected)
  })

  it('counts lines without the last line break', () => {
    expect(made('src/domain/a.ts', 'export const a = 1\n\n').lines).toBe(2)
    expect(made('src/domain/a.ts', 'export const a = 1').lines).toBe(1)
  })

  it('refuses what does not parse', () => {
    expect(() => made('src/domain/a.ts', 'export const = 1')).toThrow('src/domain/a.ts')
  })
})

/** A house of one file that imports something. */
const edge = (from: string, target: string, typeOnly = false): Module[] => [
  {
    path: from,
    lines: 1,
    imports: [{ target, typeOnly }],
    barrel: false,
    names: new Set(),
    globalFetch: false,
  },
]

const RULES = { floors, vendors, storage, inbox, configuration, sight, alone }

describe('each rule', () => {
  it.each<[keyof typeof RULES, string, string, boolean, 'value' | 'type']>([
    ['floors', 'src/delivery/a.ts', 'src/domain/b.ts', true, 'value'],
    ['floors', 'src/domain/a.ts', 'src/delivery/b.ts', false, 'type'],
    ['floors', 'src/domain/a.ts', 'src/media/b.ts', true, 'type'],
    ['floors', 'src/domain/a.ts', 'src/media/b.ts', false, 'value'],
    ['floors', 'src/media/a.ts', 'src/domain/b.ts', false, 'type'],
    ['floors', 'src/vendors/x/a.ts', 'src/store/b.ts', false, 'type'],
    ['floors', 'src/store/a.ts', 'src/media/b.ts', true, 'value'],
    ['floors', 'src/routes/a.ts', 'src/inbox/b.ts', false, 'value'],
    ['floors', 'src/routes/a.ts', 'src/messaging/b.ts', true, 'value'],
    ['floors', 'src/messaging/a.ts', 'src/routes/b.ts', false, 'value'],
    ['floors', 'src/routes/a.ts', 'src/gateway.ts', false, 'value'],
    ['floors', 'src/gateway.ts', 'src/routes/b.ts', true, 'value'],
    ['floors', 'src/gateway/a.ts', 'src/gateway.ts', true, 'type'],
    ['floors', 'src/worker.ts', 'src/gateway.ts', true, 'value'],
    ['floors', 'src/gateway.ts', 'src/worker.ts', false, 'type'],
    ['floors', 'src/domain/a.ts', 'src/secret/b.ts', false, 'value'],
    ['floors', 'src/delivery/a.ts', 'wasm/build/core.wasm', false, 'value'],
    ['floors', 'src/media/core/node.ts', 'wasm/build/core.wasm', true, 'value'],
    ['vendors', 'src/vendors/x/a.ts', 'src/vendors/x/b.ts', true, 'value'],
    ['vendors', 'src/vendors/x/a.ts', 'src/vendors/contract.ts', true, 'type'],
    ['vendors', 'src/vendors/x/a.ts', 'src/domain/b.ts', true, 'value'],
    ['vendors', 'src/vendors/x/a.ts', 'valibot', true, 'value'],
    ['vendors', 'src/vendors/x/a.ts', 'src/vendors/y/b.ts', false, 'type'],
    ['vendors', 'src/vendors/x/a.ts', 'src/media/b.ts', false, 'value'],
    ['vendors', 'src/messaging/a.ts', 'src/vendors/contract.ts', true, 'type'],
    ['vendors', 'src/messaging/a.ts', 'src/vendors/x/b.ts', false, 'type'],
    ['vendors', 'src/vendors/contract.ts', 'src/vendors/x/b.ts', false, 'type'],
    ['vendors', 'src/gateway.ts', 'src/vendors/x/b.ts', true, 'value'],
    ['vendors', 'src/vendors/registry.ts', 'src/vendors/x/b.ts', true, 'value'],
    ['storage', 'src/gateway.ts', 'src/store/b.ts', true, 'value'],
    ['storage', 'src/store/a.ts', 'src/store/b.ts', true, 'value'],
    ['storage', 'src/delivery/a.ts', 'src/store/b.ts', false, 'type'],
    ['storage', 'src/messaging/a.ts', 'src/store/b.ts', false, 'type'],
    ['storage', 'src/routes/a.ts', 'src/store/b.ts', false, 'value'],
    ['storage', 'src/worker.ts', 'src/store/b.ts', false, 'value'],
    ['inbox', 'src/inbox/a.ts', 'src/inbox/b.ts', true, 'value'],
    ['inbox', 'src/inbox/a.ts', 'src/domain/b.ts', true, 'type'],
    ['inbox', 'src/inbox/a.ts', 'src/domain/b.ts', false, 'value'],
    ['inbox', 'src/inbox/a.ts', 'src/messaging/b.ts', false, 'type'],
    ['inbox', 'src/inbox/a.ts', 'hono', true, 'value'],
    ['configuration', 'src/gateway.ts', 'src/config.ts', true, 'value'],
    ['configuration', 'src/worker.ts', 'src/config.ts', true, 'value'],
    ['configuration', 'src/routes/a.ts', 'src/config.ts', false, 'type'],
    ['sight', 'src/routes/a.ts', 'hono', true, 'value'],
    ['sight', 'src/gateway.ts', 'hono', true, 'value'],
    ['sight', 'src/vendors/x/dialect.ts', 'hono/http-exception', true, 'value'],
    ['sight', 'src/vendors/x/carrier.ts', 'hono', false, 'type'],
    ['sight', 'src/domain/a.ts', 'hono', false, 'type'],
    ['sight', 'src/media/a.ts', 'hono/jsx', false, 'value'],
    ['sight', 'src/messaging/a.ts', 'hono', false, 'type'],
    ['sight', 'src/domain/a.ts', 'honolulu', true, 'value'],
    ['sight', 'src/delivery/a.ts', 'cloudflare:workers', true, 'value'],
    ['sight', 'src/vendors/simulator/network.ts', 'cloudflare:workers', true, 'value'],
    ['sight', 'src/vendors/simulator/carrier.ts', 'cloudflare:workers', false, 'value'],
    ['sight', 'src/domain/a.ts', 'cloudflare:workers', false, 'type'],
    ['sight', 'src/routes/a.ts', 'cloudflare:workers', false, 'value'],
    ['sight', 'src/store/a.ts', 'node:crypto', false, 'value'],
    ['sight', 'src/media/core/node.ts', 'node:fs', true, 'value'],
    ['sight', 'src/media/a.ts', 'src/media/core/workerd.ts', false, 'value'],
    ['sight', 'src/media/codec.ts', 'src/media/core/workerd.ts', true, 'value'],
    ['sight', 'src/media/codec.ts', 'wasm/build/core.wasm', false, 'value'],
    ['alone', 'src/media/a.ts', 'src/media/b.ts', true, 'value'],
    ['alone', 'src/media/a.ts', '@jsquash/png', true, 'value'],
    ['alone', 'src/media/a.ts', 'src/domain/b.ts', false, 'type'],
    ['alone', 'wasm/a.ts', 'wasm/jpeg/b', true, 'value'],
    ['alone', 'wasm/a.ts', 'src/media/b.ts', false, 'value'],
    ['alone', 'wasm/a.ts', 'as-bignum', false, 'value'],
  ])('%s: %s -> %s may be: %j (%s)', (rule, from, target, allowed, kind) => {
    expect(RULES[rule](edge(from, target, kind === 'type'))).toHaveLength(allowed ? 0 : 1)
  })

  it.each([
    ['src/secret/a.ts', 1],
    ['src/stray.ts', 1],
    ['src/domain/deep/a.ts', 0],
    ['src/gateway.ts', 0],
  ])('rooms: %s', (path, broken) => {
    expect(rooms(edge(path, 'x'))).toHaveLength(broken)
  })

  it.each([
    ['src/routes/a.ts', 'export type A = { db: D1Database }', 1],
    ['src/routes/a.ts', 'export const a = (b: R2Bucket, c: R2Object) => [b, c]', 2],
    ['src/routes/a.ts', 'export const a = { R2Bucket: 1, D1: 2 }', 0],
    ['src/store/a.ts', 'export type A = { db: D1Database }', 0],
    ['src/gateway.ts', 'export type A = { db: D1Database }', 0],
  ])('bindings: %s with %s', (path, code, broken) => {
    expect(bindings([made(path, code)])).toHaveLength(broken)
  })

  it.each([
    ['src/delivery/a.ts', 1],
    ['src/vendors/x/carrier.ts', 1],
    ['src/gateway.ts', 0],
    ['src/media/core/browser.ts', 0],
  ])('outbound: %s', (path, broken) => {
    expect(outbound([made(path, "export const a = () => fetch('https://x')")])).toHaveLength(broken)
  })

  it('barrels, but for the edges', () => {
    const barrel = (path: string) => made(path, "export { a } from './a.ts'")
    expect(barrels([barrel('src/index.ts'), barrel('src/media/index.ts')])).toEqual([])
    expect(barrels([barrel('src/domain/index.ts'), barrel('src/media/formats/index.ts')])).toHaveLength(2)
  })

  it('cycles, long ones and those of types', () => {
    const chain = (...paths: string[]) =>
      paths.flatMap((path, i) =>
        edge(`src/domain/${path}.ts`, `src/domain/${paths[i + 1] ?? 'end'}.ts`, true),
      )
    expect(cycles(chain('a', 'b', 'c'))).toEqual([])
    expect(cycles([...chain('a', 'b'), ...edge('src/domain/end.ts', 'src/domain/a.ts')])).toEqual([
      'a circle of imports: src/domain/a.ts, src/domain/b.ts, src/domain/end.ts',
    ])
    expect(cycles(edge('src/domain/a.ts', 'src/domain/a.ts'))).toEqual(['src/domain/a.ts imports itself'])
    // Two ways to the same file are no circle.
    const diamond = [
      ...edge('src/domain/b.ts', 'src/domain/d.ts'),
      ...edge('src/domain/c.ts', 'src/domain/d.ts'),
      ...edge('src/domain/d.ts', 'x'),
    ]
    const top = {
      ...edge('src/domain/a.ts', 'src/domain/b.ts')[0]!,
      imports: [...edge('', 'src/domain/b.ts')[0]!.imports, ...edge('', 'src/domain/c.ts')[0]!.imports],
    }
    expect(cycles([top, ...diamond])).toEqual([])
  })

  it('lengths, and exceptions that are none', () => {
    const long = { ...edge('src/domain/a.ts', 'x')[0]!, lines: 401 }
    expect(lengths(400, [])([long])).toHaveLength(1)
    expect(lengths(401, [])([long])).toEqual([])
    expect(lengths(400, ['src/domain/a.ts'])([long])).toEqual([])
    expect(lengths(400, ['src/domain/a.ts', 'src/domain/gone.ts'])([long])).toHaveLength(1)
    expect(lengths(401, ['src/domain/a.ts'])([long])).toHaveLength(1)
  })

  it('the median', () => {
    expect([median([]), median([3]), median([5, 1, 3]), median([1, 2, 3, 4])]).toEqual([0, 3, 3, 3])
  })
})
