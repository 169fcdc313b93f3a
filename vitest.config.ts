import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

// Tests that need PostgreSQL share one real server, started once for all of them.
const withDatabase = {
  environment: 'node' as const,
  pool: 'forks' as const,
  globalSetup: ['tests/support/global-setup.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
}

export default defineConfig({
  test: {
    // More than there are cores to count on: most tests wait for a database, and some for a time to pass.
    maxWorkers: 3,
    projects: [
      { test: { name: 'solver', include: ['tests/solver/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { ...withDatabase, name: 'server', isolate: false, include: ['tests/server/**/*.test.ts'] } },
      {
        plugins: [svelte({ configFile: false })],
        test: { name: 'web', include: ['tests/web/**/*.test.ts'] },
      },
      {
        test: {
          ...withDatabase,
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          ...withDatabase,
          name: 'e2e',
          globalSetup: ['tests/support/journeys-setup.ts'],
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          // After all others, and two at once: a journey waits for one page or the other most of the time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
