import { enableCompileCache } from 'node:module'
import { BuildError, buildService } from './builds.ts'

// After a crash everybody waits: the service is read as one file, kept compiled since the last start. Where that file
// cannot be made, the sources do as well, in three times the time.
const built = await buildService().catch((error: unknown) => {
  if (!(error instanceof BuildError)) throw error
  return './service.ts'
})
enableCompileCache()
await import(built)
