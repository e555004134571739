import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countTests } from '../../scripts/ci-count.mjs'

const script = new URL('../../scripts/ci-count.mjs', import.meta.url).pathname
const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
})

describe('countTests', () => {
  it.each([
    [
      {
        success: true,
        testResults: [file('passed', 'passed', 'passed'), file('passed', 'passed', 'skipped')],
      },
      3,
      0,
    ],
    [{ success: false, testResults: [file('failed', 'passed', 'failed', 'failed')] }, 1, 2],
    // A file that does not load, and one whose afterAll fails.
    [{ success: false, testResults: [file('failed'), file('failed', 'passed')] }, 1, 2],
    // An error outside of any test.
    [{ success: false, testResults: [file('passed', 'passed')] }, 1, 1],
    [{ success: true, testResults: [] }, 0, 0],
    [{}, 0, 1],
    [null, 0, 1],
  ])('%j', (report, passed, failed) => {
    expect(countTests(report)).toEqual({ passed, failed })
  })
})

describe('the command', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belino-count-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function run(report: string | null) {
    const path = join(folder, 'report.json')
    if (report !== null) await writeFile(path, report)
    return promisify(execFile)(process.execPath, [script, path]).then(
      ({ stdout }) => ({ stdout, code: 0 }),
      (error: { stdout: string; code: number }) => ({ stdout: error.stdout, code: error.code }),
    )
  }

  it.each([
    [
      JSON.stringify({ success: true, testResults: [file('passed', 'passed')] }),
      { stdout: '1 passed, 0 failed\n', code: 0 },
    ],
    [
      JSON.stringify({ success: false, testResults: [file('failed', 'failed')] }),
      { stdout: '0 passed, 1 failed\n', code: 1 },
    ],
    [JSON.stringify({ success: true, testResults: [] }), { stdout: '0 passed, 0 failed\n', code: 1 }],
    ['{"success":', { stdout: '0 passed, 1 failed\n', code: 1 }],
    [null, { stdout: '0 passed, 1 failed\n', code: 1 }],
  ])('%s', async (report, expected) => {
    expect(await run(report)).toEqual(expected)
  })
})
