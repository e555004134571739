import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

/** One import, re-export, dynamic import or import type. */
export type Import = {
  /** A file of the repository (`src/domain/ids.ts`), or what was asked of a package (`hono/jsx`). */
  readonly target: string
  /** Whether the whole statement is erased. `import { type A }` is not: what is left of it still loads the file. */
  readonly typeOnly: boolean
}

/** What the rules know of a source file. */
export type Module = {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly lines: number
  readonly imports: readonly Import[]
  /** Whether it holds nothing but re-exports. */
  readonly barrel: boolean
  /** Every identifier in it, of types and values alike, property names left out. */
  readonly names: ReadonlySet<string>
  /** Whether it uses the platform's own `fetch` instead of one that it was given. */
  readonly globalFetch: boolean
}

/** The `imports` field of package.json: what each `#name` may lead to. */
export type Doors = Readonly<Record<string, readonly string[]>>

type Node = { readonly type: string; readonly [key: string]: unknown }

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** Visits every node with the node that holds it and the key under which it does. */
function walk(node: Node, visit: (node: Node, parent: Node | null, key: string) => void): void {
  const step = (one: Node, parent: Node | null, key: string): void => {
    visit(one, parent, key)
    for (const [name, value] of Object.entries(one))
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) step(child, one, name)
  }
  step(node, null, '')
}

/** `member` of `object.member` and the name in `{ name: value }`: they say nothing about what is in scope. */
const isPropertyName = (node: Node, parent: Node | null, key: string): boolean =>
  parent !== null &&
  ((key === 'property' && parent.computed !== true) ||
    (key === 'key' && parent.computed !== true && parent.value !== node))

/** Whether a pattern (a parameter, what stands left of `=`) gives `name` a meaning of this file's own. */
function binds(pattern: unknown, name: string): boolean {
  if (!isNode(pattern)) return false
  const parts = (key: string): unknown[] => [pattern[key]].flat()
  switch (pattern.type) {
    case 'Identifier':
      return pattern.name === name
    case 'ObjectPattern':
      return parts('properties').some((one) => binds(one, name))
    case 'Property':
      return parts('value').some((one) => binds(one, name))
    case 'ArrayPattern':
      return parts('elements').some((one) => binds(one, name))
    case 'AssignmentPattern':
      return parts('left').some((one) => binds(one, name))
    case 'RestElement':
      return parts('argument').some((one) => binds(one, name))
    case 'TSParameterProperty':
      return parts('parameter').some((one) => binds(one, name))
    default:
      return false
  }
}

/** Whether a declaration or a function gives `name` a meaning of this file's own. */
const declares = (node: Node, name: string): boolean =>
  [node.params].flat().some((one) => binds(one, name)) ||
  (/^(?:VariableDeclarator|FunctionDeclaration)$/.test(node.type) && binds(node.id, name)) ||
  (node.type.startsWith('Import') && binds(node.local, name))

/** Statements that only hand on: `export ... from`, and an import or `export { }` of what another file made. */
const handsOn = (statement: Node): boolean =>
  statement.type === 'ImportDeclaration' ||
  statement.type === 'ExportAllDeclaration' ||
  (statement.type === 'ExportNamedDeclaration' && statement.declaration === null)

/** Where a specifier in `path` leads. */
function targetsOf(specifier: string, path: string, doors: Doors): readonly string[] {
  if (specifier.startsWith('.')) return [posix.join(posix.dirname(path), specifier)]
  return doors[specifier] ?? [specifier]
}

/** Reads one file. Throws when it does not parse. */
export function readModule(path: string, source: string, doors: Doors): Module {
  const { program, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const imports: Import[] = []
  const names = new Set<string>()
  let bindsFetch = false
  let readsFetch = false
  const add = (source: unknown, typeOnly: boolean): void => {
    if (!isNode(source) || typeof source.value !== 'string') return
    for (const target of targetsOf(source.value, path, doors)) imports.push({ target, typeOnly })
  }
  walk(program as unknown as Node, (node, parent, key) => {
    if (node.type === 'ImportDeclaration') add(node.source, node.importKind === 'type')
    else if (node.type === 'ExportAllDeclaration' || node.type === 'ExportNamedDeclaration')
      add(node.source, node.exportKind === 'type')
    else if (node.type === 'ImportExpression') add(node.source, false)
    else if (node.type === 'TSImportType') add(node.source, true)
    else if (node.type === 'MemberExpression') {
      const [object, property] = [node.object as Node, node.property as Node]
      if (object.name === 'globalThis' && property.name === 'fetch') readsFetch = true
    } else if (node.type === 'Identifier' && !isPropertyName(node, parent, key)) {
      names.add(node.name as string)
      if (node.name === 'fetch') readsFetch = true
    }
    if (declares(node, 'fetch')) bindsFetch = true
  })
  const statements = program.body as unknown as Node[]
  return {
    path,
    lines: source.replace(/\n$/, '').split('\n').length,
    imports,
    barrel: statements.some((one) => one.type.startsWith('Export')) && statements.every(handsOn),
    names,
    globalFetch: readsFetch && !bindsFetch,
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Reads every TypeScript and JavaScript file below a folder of the repository. */
export function readModules(folder: 'src' | 'wasm'): Module[] {
  const { imports = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports?: Record<string, Record<string, string>>
  }
  const doors: Doors = Object.fromEntries(
    Object.entries(imports).map(([name, conditions]) => [
      name,
      [...new Set(Object.values(conditions))].map((target) => posix.normalize(target)),
    ]),
  )
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|tsx|mts|js|jsx)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((path) => readModule(path, readFileSync(join(root, path), 'utf8'), doors))
}
