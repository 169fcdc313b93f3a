import type { Database } from '../database/client.ts'
import { forgetDeletedEvents } from '../features/events/service.ts'
import { forgetKeptRows } from '../features/former-rows/keeping.ts'
import { deleteUsedUp } from '../features/identity/codes-repository.ts'
import { forgetApplicants } from '../features/identity/applicants.ts'
import { blankSecrets } from '../features/mail/delivery.ts'
import { forgetApplications } from '../features/applications/forget.ts'
import { forgetFormerValues } from '../features/people/former-values.ts'
import { endPastStandIns } from '../features/rsvp/past-stand-ins.ts'

const FORGETTING = [
  ...[forgetFormerValues, forgetKeptRows, forgetDeletedEvents, deleteUsedUp, blankSecrets],
  endPastStandIns,
  ...[forgetApplications, forgetApplicants],
]
const HOUR_MS = 60 * 60 * 1_000

/** Forgets at every start and every hour what is kept only for some time. Answers how to end it. */
export function watchForgetting(db: Database): () => Promise<void> {
  let working: Promise<void> = Promise.resolve()
  // What fails is tried again the next time.
  const work = () => {
    for (const forget of FORGETTING) working = working.then(() => forget(db)).catch(() => {})
  }
  work()
  const timer = setInterval(work, HOUR_MS)
  return async () => {
    clearInterval(timer)
    await working
  }
}
