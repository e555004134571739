import { Command, InvalidArgumentError } from 'commander'
import { readBytes, readTypes } from './amount.ts'
import { fitFiles, type Streams } from './fit-files.ts'

type Flags = {
  readonly budget: number
  readonly out?: string
  readonly maxWidth?: number
  readonly maxHeight?: number
  readonly type?: ReturnType<typeof readTypes>
  readonly minimumQuality?: number
  readonly keepAnimation?: boolean
  readonly effort?: 'best' | 'fast'
  readonly force?: boolean
  readonly json?: boolean
}

/** A reader of one option's value that says what it takes. */
const reading =
  <T>(read: (text: string) => T | undefined, problem: string) =>
  (text: string): T => {
    const value = read(text)
    if (value === undefined) throw new InvalidArgumentError(problem)
    return value
  }

const whole = (least: number, most: number): ((text: string) => number) =>
  reading((text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : undefined
  }, `Give ${least} to ${most}.`)

/** The command line `belino`. `ended` is told the status with which the process should end: 0, or 1 when a file did not fit. */
export function createProgram(streams: Streams, ended: (status: number) => void, version: string): Command {
  const program = new Command('belino')
    .description('Makes files fit what a carrier really carries.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('See: belino fit --help')
  program.configureOutput({
    writeOut: (text) => void streams.stdout.write(text),
    writeErr: (text) => void streams.stderr.write(text),
  })
  program
    .command('fit')
    .description('make each file as good as it can be within a number of bytes, without its metadata')
    .argument('<files...>', 'files; - is standard input, whose result goes to standard output')
    .option(
      '-b, --budget <bytes>',
      'bytes a file may take: 300k, 1MB, 512KiB, or safe, everywhere-us, recommended, hard',
      reading(readBytes, 'Give 1k to 100MB, or safe, everywhere-us, recommended, hard.'),
      300_000,
    )
    .option('-o, --out <path>', 'folder for the results, or the file where there is one source')
    .option('--max-width <pixels>', 'widest result', whole(16, 20_000))
    .option('--max-height <pixels>', 'highest result', whole(16, 20_000))
    .option(
      '-t, --type <types>',
      'types that a result may have: jpg,png',
      reading(readTypes, 'Name types such as jpg,png or image/jpeg.'),
    )
    .option('-q, --minimum-quality <score>', 'refuse what would look worse, 0 to 100', whole(0, 100))
    .option('--keep-animation', 'refuse an animation rather than send its first picture')
    .option(
      '--effort <effort>',
      'best, or fast for many files',
      reading((text) => (text === 'best' || text === 'fast' ? text : undefined), 'Choose best or fast.'),
    )
    .option('-f, --force', 'replace results that are there')
    .option('--json', 'report one JSON object a file')
    .action(async (files: string[], flags: Flags) => {
      const { budget, maxWidth, maxHeight, type, minimumQuality, keepAnimation, effort } = flags
      const failed = await fitFiles(
        files,
        {
          target: {
            budget,
            ...(maxWidth === undefined ? {} : { maxWidth }),
            ...(maxHeight === undefined ? {} : { maxHeight }),
            ...(type === undefined ? {} : { types: type }),
            ...(minimumQuality === undefined ? {} : { minimumQuality }),
            ...(keepAnimation === undefined ? {} : { keepAnimation }),
            ...(effort === undefined ? {} : { effort }),
          },
          out: flags.out,
          force: flags.force === true,
          json: flags.json === true,
        },
        streams,
      )
      ended(failed === 0 ? 0 : 1)
    })
  return program
}
