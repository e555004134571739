/** Strokes on a grid of 24, drawn with round ends. */
const PATHS = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.2 16.2 20 20',
  pencil: 'M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3',
  close: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  send: 'M4.5 12 20 4.5 15 20l-3.5-6.5zM11.5 13.5 20 4.5',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 10.3a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4z',
  clip: 'M19 11.5l-7.3 7.3a4.6 4.6 0 0 1-6.5-6.5l7.6-7.6a3.1 3.1 0 0 1 4.4 4.4l-7.4 7.4a1.6 1.6 0 0 1-2.2-2.2l6.7-6.7',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5',
  info: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8v.2',
  forward: 'M13 5l6.5 6-6.5 6v-3.6C8.500 13.400 6 15 4.500 18.500 5 12 8 8.900 13 8.600z',
  down: 'M6 9l6 6 6-6',
  download: 'M12 4v11M7.500 11l4.500 4.500L16.500 11M5 20h14',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  checks: 'M2.500 12.500l4.500 4.500L16 7.500M11.500 16l1 1L22 7.500',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 7.500V12l3 2',
  warning: 'M12 4.500 21 19.500H3zM12 10v4.500M12 17v.2',
  play: 'M8 5.500v13l10.500-6.500z',
  pause: 'M8.500 5.500v13M15.500 5.500v13',
  person:
    'M12 4.500a3.700 3.700 0 1 0 0 7.400 3.700 3.700 0 0 0 0-7.400zM5 20c.6-4 3.300-5.800 7-5.800S18.400 16 19 20',
  file: 'M6.500 3.500h7l4 4v13h-11zM13.500 3.500v4h4',
  phone: 'M8 3.500h8v17H8zM11 17.500h2',
  chart: 'M4 20h16M7 16.500v-5M12 16.500v-10M17 16.500v-7.500',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5M9 12h6',
  left: 'M14 7l-5 5 5 5',
  right: 'M10 7l5 5-5 5',
  eye: 'M2.500 12C5 7.500 8.300 5.500 12 5.500s7 2 9.500 6.500c-2.500 4.500-5.800 6.500-9.500 6.500S5 16.500 2.500 12zM12 9.300a2.700 2.700 0 1 0 0 5.400 2.700 2.700 0 0 0 0-5.400z',
  retry: 'M19 12a7 7 0 1 1-2-5M19.500 4v4.500H15',
  image: 'M4 5h16v14H4zM4 16l4.500-4.500 4 4L15 13l5 4.500M15.500 8.300v.2',
  out: 'M10 5H5v14h5M14 8l4 4-4 4M18 12H9.500',
  filter: 'M4 6h16M7 12h10M10 18h4',
} as const

/** The name of an icon. */
export type IconName = keyof typeof PATHS

/** A drawing beside or instead of words; whoever uses it alone gives its button a name. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={
        name === 'back' || name === 'next' || name === 'send' || name === 'forward' ? 'icon turns' : 'icon'
      }
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
