import type { Address } from './address.ts'

/** Area codes of Canada (CRTC / CNAC central office code status). Every other geographic +1 code of the list below is US. */
const CANADA = new Set(
  (
    '204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 460 468 474 506 514 519 ' +
    '537 548 568 579 581 584 587 600 604 613 622 633 639 644 647 655 672 677 683 688 705 709 742 753 778 780 782 807 819 825 ' +
    '851 867 873 879 902 905 942'
  ).split(' '),
)

/** +1 area codes of neither the US nor Canada: the Caribbean and the Atlantic (NANPA list). US territories count as US. */
const ELSEWHERE = new Set(
  '242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876'.split(' '),
)

/** Toll-free codes, which belong to both countries. */
const TOLL_FREE = new Set('800 822 833 844 855 866 877 888'.split(' '))

/** The country of an address by its area code; null for anything outside the US and Canada. */
export function countryOf(address: Address): 'US' | 'CA' | null {
  if (!address.startsWith('+1') || address.length !== 12) return null
  const area = address.slice(2, 5)
  if (ELSEWHERE.has(area)) return null
  return CANADA.has(area) ? 'CA' : 'US'
}

/** Whether an address is a toll-free number of the North American plan. */
export const isTollFree = (address: Address): boolean =>
  address.startsWith('+1') && TOLL_FREE.has(address.slice(2, 5))
