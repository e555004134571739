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

for (const block of document.querySelectorAll('pre')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'quiet copy'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.textContent)
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 1500)
  })
  block.tabIndex = 0
  block.before(button)
}

// A message of several slides plays as its presentation says; whoever wants no motion turns them by hand.
for (const message of document.querySelectorAll('.thread li')) {
  const slides = [...message.querySelectorAll('.slide[data-ms]')]
  if (slides.length < 2) continue
  const bar = document.createElement('p')
  bar.className = 'player'
  const button = (words, act) => {
    const made = document.createElement('button')
    made.type = 'button'
    made.textContent = words
    made.addEventListener('click', act)
    bar.append(made)
    return made
  }
  let at = -1
  let timer
  const show = (index) => {
    at = index
    slides.forEach((slide, i) => { slide.hidden = at !== -1 && i !== at })
    place.textContent = at === -1 ? '' : (at + 1) + ' of ' + slides.length
  }
  const stop = () => { clearTimeout(timer); play.textContent = 'Play'; timer = undefined }
  const step = () => {
    if (at + 1 >= slides.length) { stop(); return show(-1) }
    show(at + 1)
    timer = setTimeout(step, Number(slides[at].dataset.ms))
  }
  const play = button('Play', () => {
    if (timer !== undefined) return stop()
    play.textContent = 'Pause'
    step()
  })
  button('Next', () => { stop(); show(at + 1 >= slides.length ? -1 : at + 1) })
  const place = document.createElement('span')
  bar.append(place)
  slides[0].before(bar)
}

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
