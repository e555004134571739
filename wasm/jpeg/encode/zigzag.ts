/** Natural (row by row) index of the coefficient at each place of the zigzag order (T.81 figure 5). */
export const ZIGZAG: StaticArray<u8> = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
]

/**
 * Copies a block from the order that `forwardDct` leaves (column by column) to zigzag order. Written out, because an
 * index table costs more than the copy itself.
 *
 * @param work 64 i16, column by column
 * @param out 64 i16, zigzag
 */
export function toZigzag(work: usize, out: usize): void {
  store<i16>(out, load<i16>(work, 0), 0)
  store<i16>(out, load<i16>(work, 16), 2)
  store<i16>(out, load<i16>(work, 2), 4)
  store<i16>(out, load<i16>(work, 4), 6)
  store<i16>(out, load<i16>(work, 18), 8)
  store<i16>(out, load<i16>(work, 32), 10)
  store<i16>(out, load<i16>(work, 48), 12)
  store<i16>(out, load<i16>(work, 34), 14)
  store<i16>(out, load<i16>(work, 20), 16)
  store<i16>(out, load<i16>(work, 6), 18)
  store<i16>(out, load<i16>(work, 8), 20)
  store<i16>(out, load<i16>(work, 22), 22)
  store<i16>(out, load<i16>(work, 36), 24)
  store<i16>(out, load<i16>(work, 50), 26)
  store<i16>(out, load<i16>(work, 64), 28)
  store<i16>(out, load<i16>(work, 80), 30)
  store<i16>(out, load<i16>(work, 66), 32)
  store<i16>(out, load<i16>(work, 52), 34)
  store<i16>(out, load<i16>(work, 38), 36)
  store<i16>(out, load<i16>(work, 24), 38)
  store<i16>(out, load<i16>(work, 10), 40)
  store<i16>(out, load<i16>(work, 12), 42)
  store<i16>(out, load<i16>(work, 26), 44)
  store<i16>(out, load<i16>(work, 40), 46)
  store<i16>(out, load<i16>(work, 54), 48)
  store<i16>(out, load<i16>(work, 68), 50)
  store<i16>(out, load<i16>(work, 82), 52)
  store<i16>(out, load<i16>(work, 96), 54)
  store<i16>(out, load<i16>(work, 112), 56)
  store<i16>(out, load<i16>(work, 98), 58)
  store<i16>(out, load<i16>(work, 84), 60)
  store<i16>(out, load<i16>(work, 70), 62)
  store<i16>(out, load<i16>(work, 56), 64)
  store<i16>(out, load<i16>(work, 42), 66)
  store<i16>(out, load<i16>(work, 28), 68)
  store<i16>(out, load<i16>(work, 14), 70)
  store<i16>(out, load<i16>(work, 30), 72)
  store<i16>(out, load<i16>(work, 44), 74)
  store<i16>(out, load<i16>(work, 58), 76)
  store<i16>(out, load<i16>(work, 72), 78)
  store<i16>(out, load<i16>(work, 86), 80)
  store<i16>(out, load<i16>(work, 100), 82)
  store<i16>(out, load<i16>(work, 114), 84)
  store<i16>(out, load<i16>(work, 116), 86)
  store<i16>(out, load<i16>(work, 102), 88)
  store<i16>(out, load<i16>(work, 88), 90)
  store<i16>(out, load<i16>(work, 74), 92)
  store<i16>(out, load<i16>(work, 60), 94)
  store<i16>(out, load<i16>(work, 46), 96)
  store<i16>(out, load<i16>(work, 62), 98)
  store<i16>(out, load<i16>(work, 76), 100)
  store<i16>(out, load<i16>(work, 90), 102)
  store<i16>(out, load<i16>(work, 104), 104)
  store<i16>(out, load<i16>(work, 118), 106)
  store<i16>(out, load<i16>(work, 120), 108)
  store<i16>(out, load<i16>(work, 106), 110)
  store<i16>(out, load<i16>(work, 92), 112)
  store<i16>(out, load<i16>(work, 78), 114)
  store<i16>(out, load<i16>(work, 94), 116)
  store<i16>(out, load<i16>(work, 108), 118)
  store<i16>(out, load<i16>(work, 122), 120)
  store<i16>(out, load<i16>(work, 124), 122)
  store<i16>(out, load<i16>(work, 110), 124)
  store<i16>(out, load<i16>(work, 126), 126)
}
