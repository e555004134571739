import { SELF } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { createBelino } from '../../src/gateway.ts'
import { ANSWERS } from '../../src/routes/answer-schemas.ts'
import { apiRoutes, type OpenApiDocument, openApi } from '../../src/routes/openapi.ts'
import { OPERATIONS } from '../../src/routes/operations.ts'

const { routes } = createBelino().app
const document = openApi(routes, 'https://gateway.example')
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))

describe('the description of the API', () => {
  it('has every route of the router, and none besides', () => {
    const listed = apiRoutes(routes)
    expect(listed.length).toBeGreaterThan(60)
    expect(Object.keys(OPERATIONS).sort()).toEqual(listed.sort())
    const shown = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(shown.sort()).toEqual(listed.map((one) => one.replace(/\/:([a-z]+)/g, '/{$1}')).sort())
    expect(openApi([{ method: 'GET', path: '/v1/new' }], '').paths['/v1/new']?.get?.tags).toEqual(['Other'])
  })

  it('names each operation once, and each parameter of its path', () => {
    expect(new Set(operations.map((one) => one.operationId)).size).toBe(operations.length)
    for (const [path, methods] of Object.entries(document.paths))
      for (const { parameters } of Object.values(methods))
        expect(parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`)).toEqual(
          path.match(/\{[a-z]+\}/g) ?? [],
        )
  })

  it('says of bodies what their validation says', () => {
    const schemaOf = (path: string, method: string): Record<string, never> =>
      document.paths[path]?.[method]?.requestBody?.content['application/json']?.schema as never
    expect(schemaOf('/v1/messages', 'post')).toMatchObject({
      type: 'object',
      required: ['to'],
      additionalProperties: false,
      properties: { channel: { enum: ['auto', 'sms', 'mms'] }, text: { maxLength: 20_000 } },
    })
    expect(schemaOf('/v1/keys', 'post')).toMatchObject({
      required: ['name'],
      properties: { scopes: { items: { enum: ['read', 'send', 'admin'] }, minItems: 1 } },
    })
    for (const [route, { body }] of Object.entries(OPERATIONS))
      if (body !== undefined) {
        const [method = '', path = ''] = route.split(' ')
        const schema = schemaOf(path.replace(/\/:([a-z]+)/g, '/{$1}'), method.toLowerCase())
        expect(Object.keys(schema).length, route).toBeGreaterThan(0)
      }
  })

  it('says what every route answers, and nothing of routes that there are not', () => {
    const without = Object.keys(OPERATIONS).filter(
      (route) => !Object.hasOwn(ANSWERS, route) && OPERATIONS[route]?.status !== 204,
    )
    expect(without).toEqual(['GET /v1/stream'])
    expect(Object.keys(ANSWERS).filter((route) => !Object.hasOwn(OPERATIONS, route))).toEqual([])
    const answer =
      document.paths['/v1/messages/{id}']?.get?.responses['200']?.content?.['application/json']?.schema
    expect(answer).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: expect.arrayContaining(['id', 'state', 'parts', 'timeline']),
      properties: { direction: { enum: ['outbound', 'inbound'] } },
    })
    expect(document.components.schemas?.Error).toMatchObject({
      required: ['error'],
      properties: { error: { properties: { code: { enum: expect.arrayContaining(['not_found']) } } } },
    })
  })

  it('points nowhere that is not there', () => {
    const text = JSON.stringify(document)
    for (const [, group, name] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g))
      expect(document.components[group!], `${group}/${name}`).toHaveProperty(name!)
    for (const { security } of operations)
      for (const scheme of Object.keys(security[0]!))
        expect(document.components.securitySchemes).toHaveProperty(scheme)
  })
})

describe('what is served of it', () => {
  it('is the same document, at the origin that was asked', async () => {
    const response = await SELF.fetch('https://gateway.example/openapi.json')
    expect(response.status).toBe(200)
    expect(await response.json<OpenApiDocument>()).toEqual(JSON.parse(JSON.stringify(document)))
  })

  it('is a page that loads nothing and runs nothing', async () => {
    const response = await SELF.fetch('https://gateway.example/docs')
    const page = await response.text()
    expect(response.status).toBe(200)
    for (const one of operations) expect(page).toContain(`id="${one.operationId}"`)
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\sstyle=|src=/)
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).not.toContainEqual(
      expect.stringMatching(/^https?:|^\/\//),
    )
    const policy = response.headers.get('content-security-policy') ?? ''
    const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? ''
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style)))
    expect(policy).toContain(`style-src 'sha256-${btoa(String.fromCharCode(...digest))}'`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
  })
})
