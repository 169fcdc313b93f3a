import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Call } from '../../write.ts'
import { findProgramme, type ProgrammeRow } from '../events/repository.ts'

/** The programme whose mails are read or sent. */
export async function openProgramme(
  reader: Reader,
  { actor }: Call,
  programmeId: string,
  action: 'mail.read' | 'mail.send',
): Promise<ProgrammeRow> {
  const programme = await findProgramme(reader, programmeId)
  if (!programme) throw notFound()
  allow(actor, action, { programmeId })
  return programme
}
