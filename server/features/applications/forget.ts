import type { Database } from '../../database/client.ts'
import { KEPT_MS } from './present.ts'
import { deleteUntouched } from './repository.ts'

/** What was not handed in, refused or withdrawn, ninety days after anybody touched it. */
export const forgetApplications = (db: Database) => deleteUntouched(db, new Date(Date.now() - KEPT_MS))
