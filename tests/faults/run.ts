import { spawnSync } from 'node:child_process'

/** All faults at their full length; `npm test` runs a short form of the same. */
const run = spawnSync(process.execPath, ['tests/run.ts', 'tests/faults'], {
  stdio: 'inherit',
  env: { ...process.env, FAULTS: 'full' },
})
process.exit(run.status ?? 1)
