import { SvelteSet } from 'svelte/reactivity'
import type { ChoiceCard, ChoicesView, PreferenceInput } from '../../../server/schemas/choice.ts'
import type { Position } from '../../lib/live-frames.ts'
import { shownAs } from '../../lib/naming.ts'
import { outbox } from '../../lib/outbox.svelte.ts'
import { saidTo } from '../../lib/said.ts'
import { isAnswered } from './filters.ts'

type Live = { data: ChoicesView | null; shown: Position }

/** The answers of one participant: shown at once, kept on the device until they are sent, taken back where refused. */
export class Choosing {
  #live: Live
  /** Answered since the filters last changed. */
  fresh = new SvelteSet<string>()

  constructor(live: Live) {
    this.#live = live
  }

  readonly #said = $derived.by(() => saidTo(this.#live.shown))
  readonly cards = $derived.by(() => (this.#live.data?.cards ?? []).map((card) => this.#withSaid(card)))
  readonly mustsLeft = $derived.by(() => {
    const given = this.cards.filter(({ level }) => level === 'must').length
    return Math.max(0, (this.#live.data?.mustsAllowed ?? 0) - given)
  })
  readonly answered = $derived.by(() => this.cards.filter(isAnswered).length)

  #withSaid(card: ChoiceCard): ChoiceCard {
    const said = this.#said.get(this.#path(card))
    return said ? { ...card, ...(said.body as PreferenceInput) } : card
  }

  state(card: ChoiceCard, answer: Partial<PreferenceInput>) {
    if (!this.#live.data) return
    const { level, conflict } = card
    const body: PreferenceInput = { level, conflict, ...answer }
    this.fresh.add(card.participantId)
    outbox.add({ method: 'PUT', path: this.#path(card), body, about: shownAs(card, card.host !== null) })
  }

  #path({ participantId }: ChoiceCard) {
    const view = this.#live.data
    return view ? `/api/v1/events/${view.event.id}/preferences/${view.participant.id}/${participantId}` : ''
  }
}
