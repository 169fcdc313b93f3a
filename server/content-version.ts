import { createHash } from 'node:crypto'
import { and, desc, eq, inArray, sql, type SQL } from 'drizzle-orm'
import { DateTime } from 'luxon'
import { userIdOf } from './actor.ts'
import type { Kind } from './change-catalogue.ts'
import { isNameOf } from './database/member-name.ts'
import { changes, keptRows, memberNames, programmes } from './database/schema.ts'
import { DomainError } from './errors.ts'
import { regionOf, say } from './messages.ts'
import { may } from './policy.ts'
import type { WriteContext } from './write.ts'

/** A form stands open from one day to the next at the longest. */
const LONGEST_OPEN_MS = 48 * 3_600_000

/** As long as If-Match may be: two contents share a version once in a thousand million. */
const VERSIONS = 1_000_000_000n

/** The version of what has no counter of its own: another content has another one, the same content the same. */
export function versionOf(content: unknown): number {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest()
  return Number(digest.readBigUInt64BE() % VERSIONS)
}

/** By which entries of the log a form's content comes to be another one. */
export type Edits = {
  kinds: Kind[]
  eventId?: string
  /** Of these things, by what the entry names and by the rows that it kept. */
  of?: string[]
  /** Of these fields, where the entry tells which. */
  fields?: string[]
}

/**
 * Refuses a write that started from another content, and says whose that is. Scripts that name no version write over
 * what is there.
 */
export async function expectContent(context: WriteContext, content: unknown, edits: Edits): Promise<void> {
  const { expected } = context.call
  if (expected === null || expected === versionOf(content)) return
  throw new DomainError('stale-version', {}, [], await lastEditIn(context, edits))
}

/** Who changed it last, and when, in words; nothing for those who may not read the log. */
async function lastEditIn({ tx, programmeId, call: { actor } }: WriteContext, edits: Edits): Promise<string> {
  if (!may(actor, 'change.read', { programmeId })) return ''
  const { kinds, eventId, of, fields } = edits
  const [edit] = await tx
    .select({ at: changes.at, actorId: changes.actorId, name: memberNames.name, programme: programmes })
    .from(changes)
    .innerJoin(programmes, eq(programmes.id, changes.programmeId))
    .leftJoin(memberNames, isNameOf(changes.programmeId, changes.actorId))
    .leftJoin(keptRows, and(eq(keptRows.programmeId, changes.programmeId), eq(keptRows.seq, changes.seq)))
    .where(
      and(
        eq(changes.programmeId, programmeId),
        // Whatever is older was there already when the form was opened.
        sql`${changes.at} > now() + (${programmes.clockOffsetMs} - ${LONGEST_OPEN_MS}) * interval '1 ms'`,
        inArray(changes.type, kinds),
        eventId === undefined ? undefined : eq(changes.eventId, eventId),
        of && isOf(of),
        fields && isOfFields(fields),
      ),
    )
    .orderBy(desc(changes.seq))
    .limit(1)
  if (!edit?.actorId || edit.name === null) return ''
  const { timezone, clockOffsetMs } = edit.programme
  const at = DateTime.fromJSDate(edit.at, { zone: timezone })
  const today = DateTime.fromMillis(Date.now() + clockOffsetMs, { zone: timezone })
  return say(actor.locale, edit.actorId === userIdOf(actor) ? 'last_edit_own' : 'last_edit', {
    who: edit.name,
    when: say(actor.locale, at.hasSame(today, 'day') ? 'last_edit_today' : 'last_edit_on', {
      time: at.toFormat('HH:mm'),
      day: at
        .setLocale(regionOf(actor.locale))
        .toLocaleString({ weekday: 'long', day: 'numeric', month: 'long' }),
    }),
  })
}

const isOf = (ids: string[]): SQL => sql`(
  exists (select from jsonb_each_text(${changes.payload}) one where ${oneOf(ids)})
  or exists (select from jsonb_array_elements_text(${changes.inverse} -> 'updated') one where ${oneOf(ids)})
  or exists (select from jsonb_array_elements(${keptRows.steps}) step
    cross join lateral (values (step -> 'key' ->> 'id'), (step -> 'key' ->> 'project_id')) one (value)
    where ${oneOf(ids)}))`

const isOfFields = (fields: string[]): SQL => sql`(
  ${changes.payload} -> 'fields' is null
  or exists (select from jsonb_array_elements_text(${changes.payload} -> 'fields') one where ${oneOf(fields)}))`

/** None of them where there are none: a form may be sent with nothing changed. */
const oneOf = (values: string[]): SQL => inArray(sql`one.value`, values)
