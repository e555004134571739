import { raw } from 'hono/html'
import { ICON } from './icon.ts'
import type { Strings } from './strings.ts'

/** The page for somebody who is not signed in. */
export function SignIn(props: {
  base: string
  strings: Strings
  /** Whether this is a laptop, where the demo account may be opened without a key. */
  demo: boolean
  /** The code of what went wrong last time. */
  problem: string | null
}) {
  const { base, strings, demo, problem } = props
  const says =
    problem === null
      ? null
      : problem === 'key_not_local'
        ? strings.signInNotLocal
        : problem === 'insufficient_scope'
          ? strings.signInScope
          : strings.signInUnknown
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <div class="mark" aria-hidden="true">
          {raw(ICON)}
        </div>
        <h1>Belino</h1>
        <p>{strings.signInLead}</p>
        {says !== null && (
          <p class="problem" role="alert">
            {says}
          </p>
        )}
        {demo && (
          <form method="post" action={`${base}/session`}>
            <input type="hidden" name="demo" value="1" />
            <button type="submit" class="button wide">
              {strings.signInDemo}
            </button>
            <p class="hint">{strings.signInDemoHint}</p>
          </form>
        )}
        <form method="post" action={`${base}/session`} class={demo ? 'second' : ''}>
          <label for="key">{strings.signInKey}</label>
          <input
            id="key"
            name="key"
            type="password"
            autocomplete="current-password"
            required
            spellcheck={false}
            autocapitalize="off"
            autofocus={!demo}
          />
          <button type="submit" class={demo ? 'button quiet wide' : 'button wide'}>
            {strings.signIn}
          </button>
          <p class="hint">{strings.signInHint}</p>
        </form>
      </div>
    </main>
  )
}
