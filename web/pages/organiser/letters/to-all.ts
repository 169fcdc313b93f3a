import type { NewLetters, Recipient } from '../../../../server/schemas/letters.ts'

export const toOf = ({ of, person }: Recipient) => ({ of, person })

/** To the chosen; where they are everybody of a project or host that can be written to, to that. */
export function toAll(chosen: Recipient[], recipients: Recipient[]): NewLetters['to'] {
  const all = Map.groupBy(recipients, ({ of }) => of)
  return [...Map.groupBy(chosen, ({ of }) => of)].flatMap(([of, ones]) =>
    ones.length === all.get(of)?.length ? [{ of }] : ones.map(toOf),
  )
}
