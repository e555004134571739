import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { describe } from '../domain/failure.ts'
import { FAILURE_EXAMPLES } from '../domain/failure-examples.ts'
import { ANSWERS } from './answer-schemas.ts'
import { ErrorAnswer } from './answers/common.ts'
import { OPERATIONS, type Operation } from './operations.ts'

/** A route as Hono lists it. */
export type ListedRoute = { readonly method: string; readonly path: string }

/** One operation of the document. */
export type DocumentedOperation = {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'path' | 'query' | 'header'
    readonly required: boolean
    readonly description?: string
    readonly schema: JsonSchema
  }[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>
  }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description?: string
        readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
        readonly $ref?: string
      }
    >
  >
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
}

/** The document: OpenAPI 3.1, whose schemas are JSON Schema 2020-12. */
export type OpenApiDocument = {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** The routes of the API: what a key, or the root key, opens below `/v1`, once each; the simulated network is none of it. */
export function apiRoutes(routes: readonly ListedRoute[]): string[] {
  const listed = routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
    .map(({ method, path }) => `${method} ${path.replace(/\/$/, '')}`)
  return [...new Set(listed)]
}

/** The schema as JSON Schema: what goes in, before it is transformed, or what comes out. Checks that JSON Schema has no word for are left out. */
const schemaOf = (schema: GenericSchema, typeMode: 'input' | 'output' = 'input'): JsonSchema => {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    typeMode,
    errorMode: 'ignore',
    target: 'draft-2020-12',
  })
  return rest
}

const PARAMETER = /:([a-z_]+)/g

function answerOf(route: string, { summary }: Operation, status: number) {
  if (status === 204) return { description: 'Done.' }
  const schema = (ANSWERS as Readonly<Record<string, GenericSchema>>)[route]
  if (schema === undefined) return { description: summary }
  const json = { 'application/json': { schema: schemaOf(schema, 'output') } }
  // The file itself, for all that do not ask for the report.
  return {
    description: summary,
    content: route === 'POST /v1/fit' ? { ...json, '*/*': { schema: {} } } : json,
  }
}

function documented(method: string, path: string, operation: Operation): DocumentedOperation {
  const names = [...path.matchAll(PARAMETER)].flatMap(([, name]) =>
    path.includes(`/:${name}`) ? [name!] : [],
  )
  const { body, takes = [], status = 200 } = operation
  const content = {
    ...(body === undefined ? {} : { 'application/json': { schema: schemaOf(body) } }),
    ...Object.fromEntries(
      takes.map((type) => [type, { schema: type.startsWith('multipart/') ? { type: 'object' } : {} }]),
    ),
  } as Record<string, { schema: JsonSchema }>
  const words = path.replace('/v1/', '').split(/[/:]+/)
  return {
    operationId: [method.toLowerCase(), ...words].join('_'),
    tags: [operation.tag],
    summary: operation.summary,
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }) as const),
      ...Object.entries(operation.query ?? {}).map(
        ([name, description]) =>
          ({ name, in: 'query', required: false, description, schema: { type: 'string' } }) as const,
      ),
    ],
    ...(Object.keys(content).length === 0
      ? {}
      : { requestBody: { required: operation.bodyOptional !== true, content } }),
    responses: {
      [status]: answerOf(`${method} ${path}`, operation, status),
      default: { $ref: '#/components/responses/Error' },
    },
    security: [operation.operator === true ? { root: [] } : { key: [] }],
  }
}

/**
 * Describes the API from its router and the schemas that validate its bodies.
 *
 * @param routes everything that the router lists; a route that nobody described is shown all the same
 * @param origin where the API is, like `https://gateway.example`
 */
export function openApi(routes: readonly ListedRoute[], origin: string): OpenApiDocument {
  const paths: Record<string, Record<string, DocumentedOperation>> = {}
  const tags = new Set<string>()
  for (const route of apiRoutes(routes)) {
    const [method = '', path = ''] = route.split(' ')
    const operation = OPERATIONS[route] ?? { tag: 'Other', summary: route }
    tags.add(operation.tag)
    const shown = path.replace(/\/:([a-z_]+)/g, '/{$1}')
    paths[shown] = { ...paths[shown], [method.toLowerCase()]: documented(method, path, operation) }
  }
  const statuses = [...new Set(Object.values(FAILURE_EXAMPLES).map((one) => describe(one).status))].sort()
  return {
    openapi: '3.1.0',
    info: {
      title: 'Belino',
      version: '1',
      description:
        'Messages to and from phones. Every request carries a key as Bearer; lists are pages, whose `next` is the cursor of the page after.',
    },
    servers: [{ url: origin }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: schemaOf(ErrorAnswer, 'output') },
      responses: {
        Error: {
          description: `What went wrong, with a status of ${statuses.join(', ')}.`,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of an account.' },
        root: { type: 'http', scheme: 'bearer', description: 'The root key of whoever runs the gateway.' },
      },
    },
  }
}
