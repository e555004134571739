import type { Context } from 'hono'
import { html } from 'hono/html'
import { describe } from '../domain/failure.ts'
import { FAILURE_EXAMPLES } from '../domain/failure-examples.ts'

/** Every error of the API with its status and words: where the `docs` link of an error leads. */
export function errorsPage(c: Context): Response | Promise<Response> {
  const rows = Object.values(FAILURE_EXAMPLES).map((failure) => {
    const { status, message, retryable } = describe(failure)
    return html`<tr id="${failure.code}"><td><code>${failure.code}</code></td><td>${status}</td><td>${message}</td><td>${retryable ? 'yes' : 'no'}</td></tr>`
  })
  c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  c.header('x-content-type-options', 'nosniff')
  return c.html(
    html`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Errors of Belino</title>
<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}td{padding:.4rem .8rem;vertical-align:top;border-top:1px solid #8884}tr:target{background:#fd04}</style>
<h1>Errors</h1><p>Every error has the shape <code>{"error":{"code","message","retryable","docs"}}</code>. The words below are examples.</p>
<table><tr><th>code</th><th>status</th><th>message</th><th>retry helps</th></tr>${rows}</table></html>`,
  )
}
