import type { Actor } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { PlacesView } from '../../schemas/taking-part.ts'
import { findProgrammeOfPerson } from '../people/service.ts'
import { findPlaces, type PlacesOf } from './repository.ts'

/** Where one of them is or was, for organisers: who met somebody and was then taken out keeps what they met. */
export async function readPlaces(reader: Reader, actor: Actor, of: PlacesOf): Promise<PlacesView> {
  const programmeId = await findProgrammeOfPerson(reader, of)
  if (programmeId === null) throw notFound()
  allow(actor, 'people.read', { programmeId })
  return { places: await findPlaces(reader, of) }
}
