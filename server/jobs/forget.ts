import type { Database } from '../database/client.ts'
import { forgetDeletedEvents } from '../features/events/service.ts'
import { forgetKeptRows } from '../features/former-rows/keeping.ts'
import { deleteUsedUp } from '../features/identity/codes-repository.ts'
import { forgetApplicants } from '../features/identity/applicants.ts'
import { blankSecrets } from '../features/mail/delivery.ts'
import { forgetApplications } from '../features/applications/forget.ts'
import { forgetFormerValues } from '../features/people/former-values.ts'
import { endPastStandIns } from '../features/rsvp/past-stand-ins.ts'
import { repeat } from './repeat.ts'

const FORGETTING = [
  ...[forgetFormerValues, forgetKeptRows, forgetDeletedEvents, deleteUsedUp, blankSecrets],
  endPastStandIns,
  ...[forgetApplications, forgetApplicants],
]
const HOUR_MS = 60 * 60 * 1_000

/** Forgets every hour what is kept only for some time, each by itself. Answers how to end it. */
export const watchForgetting = (db: Database): (() => Promise<void>) =>
  repeat(HOUR_MS, async () => {
    for (const forget of FORGETTING) await forget(db).catch(() => {})
  })
