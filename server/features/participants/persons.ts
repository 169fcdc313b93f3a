import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/client.ts'
import { given } from '../../database/given.ts'
import { people } from '../../database/schema.ts'
import { invalidInput } from '../../errors.ts'
import type { NewPerson } from '../../schemas/programme.ts'
import type { Call } from '../../write.ts'

type PersonRow = typeof people.$inferSelect
export type ChangedPerson = Omit<PersonRow, 'programmeId' | 'human' | 'createdAt'>

/** Somebody new, or somebody known with what is said anew; what is not said stays. */
export function personFrom(said: NewPerson, known?: PersonRow): ChangedPerson {
  const blank = { firstName: '', lastName: '', title: '', email: null, phone: null, language: null }
  const before = known ?? { id: randomUUID(), ...blank }
  const { firstName, lastName, title, email, phone, language } = said
  return {
    id: before.id,
    firstName: (firstName ?? before.firstName).trim(),
    lastName: (lastName ?? before.lastName).trim(),
    title: (title ?? before.title).trim(),
    email: email === undefined ? before.email : lower(email),
    phone: phone === undefined ? before.phone : phone?.trim() || null,
    language: language === undefined ? before.language : language,
  }
}

/** Somebody of whom nothing is known cannot be told apart from anybody. */
export function checkPerson(
  call: Call,
  { firstName, lastName, title, email }: Pick<ChangedPerson, 'firstName' | 'lastName' | 'title' | 'email'>,
  at: string,
): void {
  const isKnown = [firstName, lastName, title].some((words) => words.trim() !== '') || lower(email) !== null
  if (!isKnown) throw invalidInput(call, `${at}/lastName`, 'field_required')
}

export async function updatePeople(tx: Transaction, rows: ChangedPerson[]): Promise<void> {
  await tx.execute(sql`
    update ${people} set first_name = given."firstName", last_name = given."lastName", title = given.title,
      email = given.email, phone = given.phone, language = given.language
    from ${given(rows)} (id uuid, "firstName" text, "lastName" text, title text,
      email text, phone text, language text)
    where ${people.id} = given.id`)
}

const lower = (email: string | null): string | null => email?.trim().toLowerCase() || null
