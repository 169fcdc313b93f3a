import { shownAs } from '../../lib/naming.ts'
import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { ChoiceCard, ChoicesView, PreferenceInput } from '../../../server/schemas/choice.ts'
import type { Written } from '../../../server/schemas/common.ts'
import { api, ApiError, newKey } from '../../lib/api.ts'
import { outbox } from '../../lib/outbox.svelte.ts'
import { toastError } from '../../lib/toasts.svelte.ts'
import { isAnswered } from './filters.ts'

type Said = PreferenceInput & { sent: boolean }

/** The answers of one participant: shown at once, sent one after the other, taken back where refused. */
export class Choosing {
  #read: () => ChoicesView | null
  #said = new SvelteMap<string, Said>()
  #queue: Promise<unknown> = Promise.resolve()
  /** Answered since the filters last changed. */
  fresh = new SvelteSet<string>()

  constructor(read: () => ChoicesView | null) {
    this.#read = read
  }

  readonly cards = $derived.by(() => (this.#read()?.cards ?? []).map((card) => this.#withSaid(card)))
  readonly mustsLeft = $derived.by(() => {
    const given = this.cards.filter(({ level }) => level === 'must').length
    return Math.max(0, (this.#read()?.mustsAllowed ?? 0) - given)
  })
  readonly answered = $derived.by(() => this.cards.filter(isAnswered).length)

  #withSaid(card: ChoiceCard): ChoiceCard {
    const said = this.#said.get(card.participantId)
    const path = this.#path(card)
    return said && !outbox.refused.some((write) => write.path === path)
      ? { ...card, level: said.level, conflict: said.conflict }
      : card
  }

  state(card: ChoiceCard, answer: Partial<PreferenceInput>) {
    if (!this.#read()) return
    const said: Said = { level: card.level, conflict: card.conflict, ...answer, sent: false }
    this.#said.set(card.participantId, said)
    this.fresh.add(card.participantId)
    this.#queue = this.#queue.then(() => this.#send(card, said))
  }

  #path({ participantId }: ChoiceCard) {
    const view = this.#read()
    return view && `/api/v1/events/${view.event.id}/preferences/${view.participant.id}/${participantId}`
  }

  async #send(card: ChoiceCard, said: Said) {
    const toId = card.participantId
    const isLast = () => this.#said.get(toId) === said
    try {
      const { level, conflict } = said
      await sendOrWait(this.#path(card)!, { level, conflict }, nameOf(card))
      if (isLast()) this.#said.set(toId, { ...said, sent: true })
      this.dropConfirmed()
    } catch (error) {
      if (isLast()) this.#said.delete(toId)
      toastError(error)
    }
  }

  /** Call at each frame: what the server shows as we said it needs no copy here any more. */
  dropConfirmed() {
    const shown = new Map(this.#read()?.cards.map((card) => [card.participantId, card]))
    for (const [id, said] of this.#said) {
      const card = shown.get(id)
      if (said.sent && card?.level === said.level && card.conflict === said.conflict) this.#said.delete(id)
    }
  }
}

const nameOf = (card: ChoiceCard) => shownAs(card, card.host !== null)

/** Without network the answer waits on the device; so does every later one about the same, to be the last word. */
async function sendOrWait(path: string, body: PreferenceInput, about: string) {
  const key = newKey()
  const wait = () => outbox.add({ method: 'PUT', path, body, about, key })
  if (outbox.pending.some((write) => write.path === path)) return wait()
  try {
    const answer = await api.put<Written | undefined>(path, body, { idempotencyKey: key })
    // An empty answer is not the service's.
    if (!answer?.id) wait()
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 0) throw error
    wait()
  }
}
