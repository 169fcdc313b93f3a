import { randomBytes } from 'node:crypto'
import type { Inverse } from '../../change-catalogue.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Written } from '../../schemas/common.ts'
import type { ScreenCreated } from '../../schemas/event.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import { findScreen, findScreensOfTokens, insertScreen, revokeScreen } from './repository.ts'

/** More than 128 bits, in letters that an address can carry. */
const TOKEN_BYTES = 24

/** Makes a link with a token of its own, as part of the caller's transaction. */
export async function makeScreen(tx: Transaction, { eventId, label }: { eventId: string; label: string }) {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const screenId = await insertScreen(tx, { eventId, label, token })
  return { screenId, path: `/schermo/${eventId}#${token}` }
}

/** A read-only link for an unattended screen. It is shown once: only its digest is kept. */
export async function createScreenLink(
  db: Database,
  call: Call,
  eventId: string,
  label: string,
): Promise<ScreenCreated> {
  let path = ''
  const { id } = await write(db, call, ofEvent(eventId), async ({ tx, call, record }) => {
    await openEvent(tx, call.actor, eventId, 'screen.edit')
    const made = await makeScreen(tx, { eventId, label })
    const { screenId } = made
    await record({ eventId, type: 'screen.created', payload: { screenId }, inverse: { screenId } })
    path = made.path
    return { id: screenId }
  })
  // The reply to the first request is lost for good: a second link would be a second effect.
  if (path === '') throw new DomainError('already-exists')
  return { id, path }
}

const ofScreen = (screenId: string) => async (reader: Reader) => {
  const screen = await findScreen(reader, screenId)
  return screen && ofEvent(screen.eventId)(reader)
}

export async function withdrawScreenLink(db: Database, call: Call, screenId: string): Promise<Written> {
  return write(db, call, ofScreen(screenId), async ({ tx, call, record }) => {
    const screen = await findScreen(tx, screenId)
    if (!screen) throw notFound()
    const { eventId } = screen
    await openEvent(tx, call.actor, eventId, 'screen.edit')
    await revokeScreen(tx, screenId)
    await record({ eventId, type: 'screen.revoked', payload: { screenId } })
    return { id: screenId }
  })
}

/** Takes a link back that was made, unless that has been done already. */
export async function screenBack(
  { tx, record }: WriteContext,
  { screenId }: Inverse<'screen.created'>,
): Promise<void> {
  const screen = await findScreen(tx, screenId)
  if (!screen || screen.revokedAt !== null) throw new DomainError('moved-on')
  await revokeScreen(tx, screenId)
  await record({ eventId: screen.eventId, type: 'screen.revoked', payload: { screenId } })
}

/** The event a screen's token opens. */
export async function openScreenLink(reader: Reader, token: string): Promise<{ eventId: string }> {
  const found = (await findScreensOfTokens(reader, [token])).get(token)
  if (!found) throw notFound()
  return { eventId: found.eventId }
}
