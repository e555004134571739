// Prints what a run of vitest came to, as `N passed, N failed`, from the report of its JSON reporter. Exits with 1 unless
// at least one test passed and none failed.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/**
 * Counts tests over all projects. A file that could not be loaded, or whose hooks failed, holds no failed test of its own
 * and counts as one; so does a run that failed as a whole, or left no report.
 *
 * @param {{ success?: boolean, testResults?: { status: string, assertionResults: { status: string }[] }[] } | null} report
 * @returns {{ passed: number, failed: number }}
 */
export function countTests(report) {
  let passed = 0
  let failed = 0
  for (const file of report?.testResults ?? []) {
    const count = (/** @type {string} */ status) =>
      file.assertionResults.filter((test) => test.status === status).length
    passed += count('passed')
    failed += count('failed') === 0 && file.status === 'failed' ? 1 : count('failed')
  }
  if (failed === 0 && report?.success !== true) failed = 1
  return { passed, failed }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = await readFile(process.argv[2] ?? '', 'utf8')
    .then(JSON.parse)
    .catch(() => null)
  const { passed, failed } = countTests(report)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1
}
