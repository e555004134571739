import { fileURLToPath } from 'node:url'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const migrations = await readD1Migrations(`${root}/src/store/migrations`)

export default defineConfig({
  root,
  test: {
    projects: [
      {
        // Pure code: formats, domain, architecture.
        root,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/*.test.ts', 'test/{media,domain,scripts}/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        // What touches D1, R2 and Durable Objects, inside workerd.
        root,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: `${root}/wrangler.toml` },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: migrations,
                BELINO_ROOT_KEY: 'test-root-key-0123456789abcdef0123456789',
              },
            },
          }),
        ],
        test: {
          name: 'workers',
          include: ['test/{store,delivery,messaging,routes,vendors}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        // The built Worker as a black box, over HTTP.
        root,
        test: {
          name: 'gateway',
          environment: 'node',
          include: ['test/{gateway,features}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        // Its pages in a real browser, and the package as somebody else installs it.
        root,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/{inbox,package}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
