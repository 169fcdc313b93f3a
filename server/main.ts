import { enableCompileCache } from 'node:module'

// After a crash everybody waits: the sources, kept compiled since the last start, are read in half the time. So the
// service is imported only once the cache is open.
enableCompileCache()
await import('./service.ts')
