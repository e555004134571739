import type { Context } from 'hono'
import { html } from 'hono/html'
import type { DocumentedOperation, OpenApiDocument } from './openapi.ts'

const STYLE =
  'body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}h2{margin-top:2.5rem}summary{cursor:pointer;padding:.3rem 0;border-top:1px solid #8884}pre{overflow:auto;background:#8882;padding:.8rem;border-radius:.4rem}code{font-size:.9em}td{padding:.2rem .8rem .2rem 0;vertical-align:top}nav a{margin-right:1rem}'

let styleHash: string | null = null

/** The policy's word for the one style that the page has. */
async function hashOfStyle(): Promise<string> {
  if (styleHash === null) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(STYLE))
    styleHash = btoa(String.fromCharCode(...new Uint8Array(digest)))
  }
  return styleHash
}

function section(method: string, path: string, operation: DocumentedOperation) {
  const parameters = operation.parameters.map(
    (one) =>
      html`<tr><td><code>${one.name}</code></td><td>${one.in}</td><td>${one.description ?? ''}</td></tr>`,
  )
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, { schema }]) =>
      html`<p>Body as <code>${type}</code></p>${
        Object.keys(schema).length === 0 ? '' : html`<pre>${JSON.stringify(schema, null, 2)}</pre>`
      }`,
  )
  const [status = '', answer] = Object.entries(operation.responses)[0] ?? []
  const schema = answer?.content?.['application/json']?.schema
  return html`<details id="${operation.operationId}"><summary><code>${method.toUpperCase()} ${path}</code> ${operation.summary}</summary>
${parameters.length === 0 ? '' : html`<table>${parameters}</table>`}${bodies}<p>Answers ${status}, or <a href="docs/errors">an error</a>.</p>${schema === undefined ? '' : html`<details><summary>What it answers</summary><pre>${JSON.stringify(schema, null, 1)}</pre></details>`}</details>`
}

/** `/docs`: the document for people to read. It loads nothing, runs nothing, and works without a network. */
export async function referencePage(c: Context, document: OpenApiDocument): Promise<Response> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const groups = document.tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === name)
    return html`<h2 id="${name}">${name}</h2>${own.map(({ method, path, operation }) => section(method, path, operation))}`
  })
  c.header(
    'content-security-policy',
    `default-src 'none'; style-src 'sha256-${await hashOfStyle()}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
  return await c.html(
    html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Belino: the API</title><style>${STYLE}</style></head>
<body><h1>The API of Belino</h1><p>${document.info.description} The same as <a href="openapi.json">OpenAPI</a>. All <a href="docs/errors">errors</a>.</p>
<nav>${document.tags.map(({ name }) => html`<a href="#${name}">${name}</a>`)}</nav>${groups}</body></html>`,
  )
}
