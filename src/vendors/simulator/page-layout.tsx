import type { Child } from 'hono/jsx'

/** Where the pages are mounted, and the nonce of this answer's style and script. */
export type PageFrame = { readonly base: string; readonly nonce: string }

/** The address of a phone's page. */
export const handsetHref = (frame: PageFrame, number: string): string =>
  `${frame.base}/handset/${encodeURIComponent(number)}`

/** A number as people read it. */
export function readableNumber(number: string): string {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number)
  return match === null ? number : `(${match[1]}) ${match[2]}-${match[3]}`
}

/** Bytes with separators, as the numbers of budgets are written. */
export const readableBytes = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`

/** An instant; the script turns it into the reader's own time. */
export const Time = ({ at }: { at: number }) => (
  <time datetime={new Date(at).toISOString()}>{new Date(at).toISOString().slice(11, 16)} UTC</time>
)

/** The frame of every page of the simulator. `version` is what the script compares to know that something has changed. */
export function PageLayout(props: { frame: PageFrame; title: string; version: string; children?: Child }) {
  const { frame, title, version } = props
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={`${frame.base}/simulator/style.css`} nonce={frame.nonce} />
        <script src={`${frame.base}/simulator/script.js`} nonce={frame.nonce} defer />
      </head>
      <body data-version={version} data-version-url={`${frame.base}/simulator/version`}>
        <p class="fresh" hidden>
          <button type="button">Something has changed. Show it</button>
        </p>
        {props.children}
      </body>
    </html>
  )
}
