import type { ComponentChildren } from 'preact'
import { render } from 'preact'
import { Menu } from './menu.tsx'

/** Puts a page into its place, below the bar that all pages but the message center share. */
export function showPage(title: string, page: ComponentChildren): void {
  const app = document.getElementById('app')
  if (app === null) return
  app.textContent = ''
  render(
    <div class="page">
      <header class="page-bar">
        <Menu />
        <h1>{title}</h1>
      </header>
      <main class="page-main">{page}</main>
    </div>,
    app,
  )
}
