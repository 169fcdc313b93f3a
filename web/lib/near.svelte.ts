import { printing } from './printing.svelte.ts'

/** Which parts of something long are near what is looked at: only they need be drawn; on paper all are. */
export class NearParts {
  #near = $state.raw<ReadonlySet<number>>(new Set([0]))

  has = (part: number) => printing() || this.#near.has(part)

  /** Put on the element of a part, inside the one that scrolls. */
  watch = (part: number, scrolling: Element) => (element: Element) => {
    const tell = (entries: IntersectionObserverEntry[]) => {
      // Several at once after a quick scroll: the last one is how it is now.
      if (entries.at(-1)!.isIntersecting === this.#near.has(part)) return
      const next = new Set(this.#near)
      if (!next.delete(part)) next.add(part)
      this.#near = next
    }
    const observer = new IntersectionObserver(tell, { root: scrolling, rootMargin: '60% 0px' })
    observer.observe(element)
    return () => observer.disconnect()
  }
}
