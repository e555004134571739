import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Boot } from './boot.ts'
import { BOOT_ID } from './boot.ts'
import { ASSETS } from './build/assets.ts'

/** Where an asset lies: its hash in the path, so that it may be kept for ever. */
export const assetHref = (base: string, name: string): string =>
  `${base}/inbox/${ASSETS[name]?.hash ?? '0'}/${name}`

/** JSON that stays data inside a script element: no end tag, no comment can begin in it. */
const asData = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')

/** The headers of every page: nothing runs but what carries the nonce, and nothing comes from anywhere else. */
export function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
  }
}

/** The frame of every page of the message center. */
export function Document(props: {
  base: string
  language: string
  nonce: string
  title: string
  /** Names of assets. */
  styles: readonly string[]
  script?: string
  boot?: Boot
  children?: Child
}) {
  const { base, nonce, boot } = props
  return (
    <html lang={props.language}>
      <head>
        <meta charset="utf-8" />
        <meta
          name="viewport"
          content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f3f1ec" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#111615" media="(prefers-color-scheme: dark)" />
        <meta name="robots" content="noindex" />
        <title>{props.title}</title>
        <link rel="icon" href={`${base}/inbox/icon.svg`} type="image/svg+xml" />
        <link rel="manifest" href={`${base}/inbox/manifest.webmanifest`} />
        {props.styles.map((name) => (
          <link rel="stylesheet" href={assetHref(base, name)} nonce={nonce} />
        ))}
        {boot !== undefined && (
          <script type="application/json" id={BOOT_ID} nonce={nonce}>
            {raw(asData(boot))}
          </script>
        )}
        {props.script !== undefined && <script src={assetHref(base, props.script)} nonce={nonce} defer />}
      </head>
      <body>{props.children}</body>
    </html>
  )
}
