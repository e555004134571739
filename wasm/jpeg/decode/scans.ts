/**
 * The scans of a picture that has several, as a list in the arena: each with its header, its Huffman tables and how
 * far it was decoded, so that all of them can be carried forward together, a band of the picture at a time.
 */
import { alloc } from '../../memory.ts'
import { component, count } from './frame.ts'
import { DEFINITION, loadDefinition, saveDefinition } from './huffman.ts'
import {
  loadHeader,
  loadProgress,
  low,
  member,
  needsAc,
  needsDc,
  PROGRESS,
  saveHeader,
  saveProgress,
  scanCount,
  spectralEnd,
  spectralStart,
} from './scan.ts'
import { restartInterval, setRestartInterval } from './segments.ts'

/*
 * One record:
 *   0 the next record, 4 restart interval, 8 rows that came whole, 12 the scan's header (24 bytes)
 *   36 addresses of the DC tables of the members, 52 of the AC tables
 *   80 progress
 *   80 + PROGRESS definitions of these tables, DC and AC for each member
 */
const HEADER: usize = 12
const TABLES: usize = 36
const STATE: usize = 80
const DEFINITIONS: usize = STATE + PROGRESS

/** The first record, 0 for none. */
export let firstScan: usize = 0
let lastScan: usize = 0

/** Forgets all scans. */
export function resetScans(): void {
  firstScan = 0
  lastScan = 0
}

/** The record after this one, 0 for none. */
export function nextScan(scan: usize): usize {
  return load<u32>(scan)
}

/** Adds the scan at hand, started where the reader stands. */
export function addScan(): void {
  const scan = alloc(DEFINITIONS + 2 * DEFINITION * (scanCount as usize))
  store<u32>(scan, 0)
  store<i32>(scan, restartInterval, 4)
  store<i32>(scan, 0, 8)
  saveHeader(scan + HEADER)
  for (let i = 0; i < scanCount; i++) {
    const part = member(i)
    const slot = scan + TABLES + ((i as usize) << 2)
    store<u32>(slot, part.dc as u32)
    store<u32>(slot, part.ac as u32, 16)
    const definitions = scan + DEFINITIONS + 2 * DEFINITION * (i as usize)
    if (low === 0)
      part.complete |= ((<u64>-1) << (spectralStart as u64)) & (<u64>-1 >> ((63 - spectralEnd) as u64))
    if (needsDc()) {
      part.covered = 1
      saveDefinition(part.dc, definitions)
    }
    if (needsAc()) saveDefinition(part.ac, definitions + DEFINITION)
  }
  saveProgress(scan + STATE)
  if (lastScan) store<u32>(lastScan, scan as u32)
  else firstScan = scan
  lastScan = scan
}

/** Makes a recorded scan the one at hand. Returns the offset in the file where it goes on. */
export function resumeScan(scan: usize): usize {
  setRestartInterval(load<i32>(scan, 4))
  loadHeader(scan + HEADER)
  for (let i = 0; i < scanCount; i++) {
    const part = member(i)
    const slot = scan + TABLES + ((i as usize) << 2)
    part.dc = load<u32>(slot)
    part.ac = load<u32>(slot, 16)
    const definitions = scan + DEFINITIONS + 2 * DEFINITION * (i as usize)
    if (needsDc()) loadDefinition(part.dc, definitions)
    if (needsAc()) loadDefinition(part.ac, definitions + DEFINITION)
  }
  return loadProgress(scan + STATE)
}

/** Writes down how far the scan at hand came. */
export function pauseScan(scan: usize): void {
  saveProgress(scan + STATE)
}

/** Rows of MCUs of a scan that came whole so far. */
export function wholeRowsOf(scan: usize): i32 {
  return load<i32>(scan, 8)
}

/** Counts one more. */
export function addWholeRow(scan: usize): void {
  store<i32>(scan, load<i32>(scan, 8) + 1, 8)
}

/** Whether some scan brings each component's DC. */
export function allCovered(): bool {
  for (let c = 0; c < count; c++) if (!component(c).covered) return false
  return true
}

/** Whether the scans bring every coefficient of every component to its last bit. */
export function allComplete(): bool {
  for (let c = 0; c < count; c++) if (component(c).complete !== <u64>-1) return false
  return true
}
