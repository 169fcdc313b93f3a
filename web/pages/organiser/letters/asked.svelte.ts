import { route, searchParams } from '../../../router.ts'
import { askedIn, isChoice, type Asked } from './write-address.ts'

/** What the address of the page asks for. Create it as a component starts. */
export class AskedOfPage {
  // The link past the menu puts its own hash there, which is no choice of anybody's.
  #hash = $state(route.hash)
  search = $derived(searchParams.toURLSearchParams())
  asked = $derived<Required<Asked>>(askedIn(this.search, this.#hash))
  /** Where those are read whom it can go to. */
  recipients = $derived.by(() => {
    const { kind, eventId } = this.asked
    return `recipients/${kind}${eventId ? `?event=${eventId}` : ''}`
  })

  constructor() {
    $effect(() => {
      if (isChoice(route.hash)) this.#hash = route.hash
    })
  }
}
