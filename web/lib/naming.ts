/** How a project or a host is named: a project by its name, a host by the organisation first and then the person. */

type Named = { name: string; organisations: string[] }
/** As organisers read them: what is enough in one place, and their own label where two are alike all the same. */
type Marked = Named & { side: 'project' | 'host'; short: string; mark: string }

const ofOrganisations = ({ organisations }: Named) => organisations.join(' · ')

/** The first line. */
export const headOf = (who: Named, isHost: boolean): string =>
  isHost ? ofOrganisations(who) || who.name : who.name

/** The line under it; empty where there is nothing to add. */
export const underOf = (who: Named, isHost: boolean): string => {
  const under = isHost ? who.name : ofOrganisations(who)
  return under === headOf(who, isHost) ? '' : under
}

/** Both in one line, as in sentences. */
export const shownAs = (who: Named, isHost: boolean): string =>
  isHost ? [headOf(who, true), underOf(who, true)].filter(Boolean).join(' – ') : who.name

/** In one place, for organisers. */
export const markedName = ({ short, mark }: Pick<Marked, 'short' | 'mark'>): string =>
  [short, mark].filter(Boolean).join(' · ')

/** What stands under it: the person or the organisations, where it does not say them already. */
export function underMarked(who: Marked): string {
  const under = underOf(who, who.side === 'host')
  return who.short.includes(under) ? '' : under
}
