import type { ChoiceCard } from '../../../server/schemas/choice.ts'
import { seek } from '../../lib/search.ts'

/** What the address of the choosing page may say; the same link shows the same cards. */
export type Filters = {
  q: string
  forma: string
  tema: string
  quartiere: string
  /** `si` or `no`: projects only. */
  finanziato: string
  /** Hosts only. */
  tipo: string
  /** At most so many euros asked (projects), or an amount the host can give. */
  importo: number | null
  nuove: boolean
  ordina: 'affinita' | 'nome'
}

export function readFilters(address: URLSearchParams): Filters {
  const said = (name: string) => address.get(name) ?? ''
  return {
    q: said('q'),
    forma: said('forma'),
    tema: said('tema'),
    quartiere: said('quartiere'),
    finanziato: said('finanziato'),
    tipo: said('tipo'),
    importo: Number(said('importo')) || null,
    nuove: said('nuove') === '1',
    ordina: said('ordina') === 'nome' ? 'nome' : 'affinita',
  }
}

const textsOf = ({ name, organisations, project, host }: ChoiceCard): string[] => [
  ...[name, ...organisations],
  ...(project?.proposal
    ? [
        ...[project.proposal.summary, project.proposal.problem, project.proposal.ask, project.proposal.offer],
        ...[project.proposal.beneficiaries, project.proposal.district],
      ]
    : []),
  ...(host ? [host.profile.about, host.profile.funds, ...host.profile.districts] : []),
]

export const formsOf = ({ project, host }: ChoiceCard): string[] =>
  host ? host.profile.supportForms : (project?.proposal?.support.map(({ form }) => form) ?? [])

export const themesOf = ({ project, host }: ChoiceCard): string[] =>
  host ? host.profile.themes : (project?.proposal?.themes ?? [])

export const districtsOf = ({ project, host }: ChoiceCard): string[] =>
  host ? host.profile.districts : project?.proposal?.district ? [project.proposal.district] : []

function fitsAmount({ project, host }: ChoiceCard, limit: number) {
  if (host) return (host.profile.amountMax ?? Infinity) >= limit
  const amounts = project?.proposal?.support.flatMap(({ amount }) => (amount === null ? [] : [amount])) ?? []
  return amounts.some((amount) => amount <= limit)
}

export const isAnswered = ({ level, conflict }: Pick<ChoiceCard, 'level' | 'conflict'>) =>
  level !== null || conflict

/** `stay`: cards answered while "only the new ones" is on do not vanish under the pointer. */
export function matches(card: ChoiceCard, filters: Filters, stay: ReadonlySet<string>) {
  return (
    (seek(filters.q)?.(textsOf(card)) ?? true) &&
    (!filters.forma || formsOf(card).includes(filters.forma)) &&
    (!filters.tema || themesOf(card).includes(filters.tema)) &&
    (!filters.quartiere || districtsOf(card).includes(filters.quartiere)) &&
    (!filters.finanziato || !card.project || card.project.financed === (filters.finanziato === 'si')) &&
    (!filters.tipo || !card.host || card.host.kind === filters.tipo) &&
    (filters.importo === null || fitsAmount(card, filters.importo)) &&
    (!filters.nuove || !isAnswered(card) || stay.has(card.participantId))
  )
}

export function sortCards(cards: ChoiceCard[], by: Filters['ordina']) {
  // They come sorted: projects by their name, people by their surname.
  if (by === 'nome') return cards
  return cards.toSorted((one, other) => other.compatibility - one.compatibility)
}
