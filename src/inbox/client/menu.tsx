import { href } from './api.ts'
import { Icon } from './icon.tsx'
import { boot, t } from './page.ts'

/** The other pages and the way out, behind the mark. */
export function Menu() {
  return (
    <details
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.currentTarget.open = false
        event.currentTarget.querySelector('summary')?.focus()
      }}
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null))
          event.currentTarget.open = false
      }}
    >
      <summary>
        <img src={href('/inbox/icon.svg')} alt="" width={30} height={30} />
        <b>Belino</b>
        <span class="hidden-words">{t('menu')}</span>
        <Icon name="down" size={16} />
      </summary>
      <div class="menu-sheet">
        <p>
          <small>{t('signedInAs')}</small>
          <bdi>{boot.who}</bdi>
        </p>
        <a href={boot.base || '/'}>
          <Icon name="image" /> {t('inbox')}
        </a>
        <a href={href('/overview')}>
          <Icon name="chart" /> {t('overview')}
        </a>
        <a href={href('/fit')}>
          <Icon name="fit" /> {t('optimizer')}
        </a>
        {boot.simulator && (
          <a href={href('/simulator')}>
            <Icon name="phone" /> {t('simulator')}
          </a>
        )}
        <form method="post" action={href('/session/end')}>
          <input type="hidden" name="csrf" value={boot.csrf} />
          <button type="submit">
            <Icon name="out" /> {t('signOut')}
          </button>
        </form>
      </div>
    </details>
  )
}
