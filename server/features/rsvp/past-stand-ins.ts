import type { Database } from '../../database/client.ts'
import { writeByItself } from '../../write.ts'
import { deleteMemberships } from '../people/bulk.ts'
import { findPastStandIns, standsFor } from './repository.ts'

/** A colleague comes for one event: when its last day is over they no longer read what is of the host or the team. */
export async function endPastStandIns(db: Database): Promise<void> {
  for (const { programmeId, email, projectId, hostId } of await findPastStandIns(db))
    await writeByItself(db, programmeId, async ({ tx }) => {
      if (await standsFor(tx, { projectId, hostId }, email)) return
      await deleteMemberships(tx, [{ email, ...(projectId && { projectId }), ...(hostId && { hostId }) }])
    })
}
