import type { Actor, Locale } from '../../actor.ts'
import type { Inverse } from '../../change-catalogue.ts'
import { expectContent, versionOf } from '../../content-version.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { say } from '../../messages.ts'
import { allow } from '../../policy.ts'
import type { CallPatch, CallSetting, PublicCall } from '../../schemas/application.ts'
import type { Written } from '../../schemas/common.ts'
import type { Services } from '../../services.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { isCallOpen, NO_TEXT } from './present.ts'
import { findCall, findShownCalls, upsertCall, type CallRow } from './repository.ts'

/** The call as anybody reads it, as long as its organisers show it. */
export async function readCall(reader: Reader, programmeId: string, locale: Locale): Promise<PublicCall> {
  const { programme, call } = await openCall(reader, programmeId)
  const language = locale === 'en' && call.en.text !== '' ? 'en' : 'it'
  const { id, name, phase, city, timezone, contactEmail, contactPhone, sample } = programme
  return {
    ...{ programmeId: id, programme: name, phase, city, timezone, sample, language },
    contact: { email: contactEmail, phone: contactPhone },
    ...call[language],
    closesAt: call.closesAt?.toISOString() ?? null,
    open: isCallOpen(call, programme),
  }
}

/** The programmes whose call anybody may read. */
export const readShownCalls = (reader: Reader): Promise<Set<string>> => findShownCalls(reader)

/** A call that is not shown is no other than one that there is not. */
export async function openCall(reader: Reader, programmeId: string) {
  const found = await findCall(reader, programmeId)
  if (!found?.call?.on) throw new DomainError('call-off')
  return { programme: found.programme, call: found.call }
}

export async function readCallSetting(
  { db, config }: Services,
  actor: Actor,
  programmeId: string,
): Promise<CallSetting> {
  const { programme, call } = await ofOrganisers(db, actor, programmeId, 'call.read')
  const content = contentOf(call)
  return {
    ...{ programmeId, programme: programme.name, timezone: programme.timezone },
    ...{ version: versionOf(content), ...content, on: call.on, missing: missingOf(call) },
    address: `${config.publicUrl}/bando/${programmeId}`,
  }
}

async function ofOrganisers(
  reader: Reader,
  actor: Actor,
  programmeId: string,
  action: 'call.read' | 'call.edit',
) {
  const found = await findCall(reader, programmeId)
  if (!found) throw notFound()
  allow(actor, action, { programmeId })
  // What the programme says of itself already is a beginning.
  const first = { programmeId, on: false, closesAt: null, en: NO_TEXT }
  const call: CallRow = found.call ?? { ...first, it: { ...NO_TEXT, text: found.programme.call } }
  return { programme: found.programme, call }
}

/** What its form changes. */
const contentOf = ({ it, en, closesAt }: CallRow) => ({ it, en, closesAt: closesAt?.toISOString() ?? null })

const missingOf = ({ it }: CallRow): string[] =>
  (['text', 'criteria'] as const).filter((field) => it[field] === '').map((field) => `/it/${field}`)

export async function writeCall(
  db: Database,
  call: Call,
  programmeId: string,
  patch: CallPatch,
): Promise<Written> {
  return write(db, call, programmeId, async (context) => {
    const { tx, record } = context
    const { call: before } = await ofOrganisers(tx, context.call.actor, programmeId, 'call.edit')
    const fields = Object.keys(patch)
    await expectContent(context, contentOf(before), { kinds: ['call.written'], fields })
    const { closesAt, ...texts } = patch
    const term = closesAt === undefined ? {} : { closesAt: closesAt === null ? null : new Date(closesAt) }
    const after = { ...before, ...texts, ...term }
    if (after.on) checkComplete(context.call, after)
    await upsertCall(tx, after)
    await record({ type: 'call.written', payload: { fields } })
    return { id: programmeId, version: versionOf(contentOf(after)) }
  })
}

/** Shows the call to anybody, or to nobody any more. */
export async function switchCall(
  db: Database,
  call: Call,
  programmeId: string,
  on: boolean,
): Promise<Written> {
  return write(db, call, programmeId, async (context) => {
    const { call: before } = await ofOrganisers(context.tx, context.call.actor, programmeId, 'call.edit')
    if (before.on !== on) await turn(context, before, on)
    return { id: programmeId }
  })
}

async function turn({ tx, call, record }: WriteContext, before: CallRow, on: boolean): Promise<void> {
  if (on) checkComplete(call, before)
  await upsertCall(tx, { ...before, on })
  await record({ type: 'call.switched', payload: { on }, inverse: { on: !on } })
}

function checkComplete({ actor: { locale } }: Call, row: CallRow): void {
  const fields = missingOf(row).map((pointer) => ({ pointer, message: say(locale, 'field_required') }))
  if (fields.length > 0) throw new DomainError('call-incomplete', {}, fields)
}

/** As it was, unless somebody has switched it meanwhile. */
export async function switchBack(context: WriteContext, { on }: Inverse<'call.switched'>): Promise<void> {
  const { call: before } = await ofOrganisers(
    context.tx,
    context.call.actor,
    context.programmeId,
    'call.edit',
  )
  if (before.on === on) throw new DomainError('moved-on')
  await turn(context, before, on)
}
