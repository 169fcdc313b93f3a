import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Started as the service is: by a large young heap of its own. */
const script = `
  import { startThread } from './server/solver-threads/start-thread.ts'
  const thread = startThread({ maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 })
  thread.once('online', async () => {
    console.log((await thread.getHeapStatistics()).heap_size_limit / 2 ** 20)
    process.exit()
  })`

test('a thread has no larger heap than it was given, whatever the service has for itself', () => {
  const flags = ['--max-semi-space-size=64', '--input-type=module', '--eval', script]
  const limit = Number(execFileSync(process.execPath, flags, { encoding: 'utf8' }))
  expect(limit).toBeGreaterThan(500)
  expect(limit).toBeLessThan(512 + 3 * 16)
})
