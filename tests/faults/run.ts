import { spawnSync } from 'node:child_process'

/** All faults at their full length; `npm test` runs a short form of the same. Arguments choose some of them. */
const chosen = process.argv.slice(2)
const all = ['tests/faults', 'tests/server/fuzz']
const run = spawnSync(process.execPath, ['tests/run.ts', ...(chosen.length > 0 ? chosen : all)], {
  stdio: 'inherit',
  env: { ...process.env, FAULTS: 'full' },
})
process.exit(run.status ?? 1)
