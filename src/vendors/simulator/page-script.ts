/**
 * The one script of the simulator's pages: local times, the newest message in view, and a reload when something has
 * changed, unless somebody is writing. Served as a file, so that the pages need no inline code.
 */
export const PAGE_SCRIPT = `'use strict'
const body = document.body
for (const time of document.querySelectorAll('time')) {
  const at = new Date(time.dateTime)
  time.textContent = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  time.title = at.toLocaleString()
}
const thread = document.querySelector('.thread')
if (thread) thread.scrollTop = thread.scrollHeight
for (const image of document.querySelectorAll('.thread img'))
  image.addEventListener('load', () => { thread.scrollTop = thread.scrollHeight })

document.querySelector('.fresh button').addEventListener('click', () => location.reload())
const openTarget = () => {
  const target = location.hash ? document.getElementById(location.hash.slice(1)) : null
  if (target instanceof HTMLDetailsElement) target.open = true
}
addEventListener('hashchange', openTarget)
openTarget()

let dirty = false
document.addEventListener('input', () => { dirty = true })
const opened = () => document.querySelector('details[data-watch][open]') !== null

async function watch() {
  try {
    const answer = await fetch(body.dataset.versionUrl, { cache: 'no-store' })
    if (answer.ok) {
      const { version } = await answer.json()
      if (version !== body.dataset.version) {
        if (!dirty && !opened()) return location.reload()
        document.querySelector('.fresh').hidden = false
      }
    }
  } catch {
    // The server is away; it may come back.
  }
  setTimeout(watch, document.hidden ? 10000 : 1500)
}
setTimeout(watch, 1500)
`
