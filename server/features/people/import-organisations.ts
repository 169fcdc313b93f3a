import type { Locale } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { say } from '../../messages.ts'
import type { HostKind } from '../../schemas/common.ts'
import type { PeopleKind, Remark } from '../../schemas/import.ts'
import type { Headings } from './import-rows.ts'
import type { KindsTold } from './import-kinds.ts'
import type { Patch } from './import-people.ts'
import { kindWord } from './import-fields.ts'
import { findOrganisations } from './repository.ts'
import { likeKey, sameKey } from '../../spreadsheets/words.ts'

export type Organisations = {
  /** Names as they are written already, here or further up in the table: other spaces and case make no twin. */
  spell(patch: Patch, headings: Headings, locale: Locale): { patch: Patch; warnings: Remark[] }
  /** A newcomer's organisation keeps the kind it has; of a new one, any row of the table tells it. */
  complete(kind: PeopleKind, patch: Patch, told: KindsTold): Patch
}

export async function organisationsOf(reader: Reader, programmeId: string): Promise<Organisations> {
  const found = await findOrganisations(reader, programmeId)
  const kinds = new Map(found.map(({ name, kind }) => [name, kind]))
  const same = new Map(found.map(({ name, goesBy }) => [sameKey(name), goesBy]))
  const alike = new Map(found.map(({ name, goesBy }) => [likeKey(name), goesBy]))
  const spelt = (name: string) => {
    const known = same.get(sameKey(name))
    if (known === undefined) same.set(sameKey(name), name)
    return known ?? name
  }
  return {
    spell(patch, headings, locale) {
      const organisation = patch.organisation && spelt(patch.organisation)
      const organisations = patch.organisations?.map(spelt)
      const names = [...(organisation ? [organisation] : []), ...(organisations ?? [])]
      const column = headings.organisation ?? headings.organisations ?? ''
      const warnings = [
        ...names.flatMap((name) => likeOf(name, column, locale)),
        ...kindKept(organisation, patch.kind, headings, locale),
      ]
      return {
        patch: { ...patch, ...(organisation && { organisation }), ...(organisations && { organisations }) },
        warnings,
      }
    },
    complete(kind, patch, told) {
      if (kind === 'projects') return patch
      const name = patch.organisation ?? ''
      return { ...patch, kind: kinds.get(name) ?? patch.kind ?? told.get(name)?.kind ?? 'other' }
    },
  }

  function likeOf(name: string, column: string, locale: Locale): Remark[] {
    const like = alike.get(likeKey(name))
    if (like === undefined) alike.set(likeKey(name), name)
    if (like === undefined || like === name) return []
    return [{ column, message: say(locale, 'import_like_organisation', { name: like }) }]
  }

  function kindKept(
    name: string | undefined,
    kind: HostKind | undefined,
    headings: Headings,
    locale: Locale,
  ) {
    const before = name === undefined ? null : kinds.get(name)
    if (!before || !kind || before === kind) return []
    return [
      {
        column: headings.kind ?? '',
        message: say(locale, 'import_kind', { kind: kindWord(before, locale) }),
      },
    ]
  }
}
