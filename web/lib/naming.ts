/** How a project or a host is named: a project by its name, a host by the organisation first and then the person. */

type Named = { name: string; organisations: string[] }

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
