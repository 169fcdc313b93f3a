import { enableCompileCache, flushCompileCache } from 'node:module'
import { BuildError, buildService } from './builds.ts'

const KEPT_AFTER_MS = 5_000

// After a crash everybody waits: the service is read as one file, kept compiled since the last start. Where that file
// cannot be made, the sources do as well, in three times the time.
const built = await buildService().catch((error: unknown) => {
  if (!(error instanceof BuildError)) throw error
  return './service.ts'
})
enableCompileCache()
await import(built)
// By then what a service does has been compiled. Node would keep it when the process ends, but one that is killed does not.
setTimeout(flushCompileCache, KEPT_AFTER_MS).unref()
