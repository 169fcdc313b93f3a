/**
 * What waits its turn, one of each group after the other: who asks for much makes the others wait no longer. Bounded
 * in all and within a group, so that nobody waits for what would come too late anyhow.
 */
export class FairQueue<Item> {
  #groups = new Map<string, Item[]>()
  #most: number
  #mostEach: number

  constructor(most: number, mostEach: number) {
    this.#most = most
    this.#mostEach = mostEach
  }

  get size(): number {
    return this.#groups.values().reduce((sum, items) => sum + items.length, 0)
  }

  isFull(group: string): boolean {
    return this.size >= this.#most || (this.#groups.get(group)?.length ?? 0) >= this.#mostEach
  }

  add(group: string, item: Item): void {
    this.#groups.set(group, [...(this.#groups.get(group) ?? []), item])
  }

  /** The group that had this turn is the last of those that wait. */
  next(): Item | undefined {
    for (const [group, [item, ...rest]] of this.#groups) {
      this.#groups.delete(group)
      if (rest.length > 0) this.#groups.set(group, rest)
      return item
    }
  }

  /** Whether it was still waiting. */
  remove(group: string, item: Item): boolean {
    const items = this.#groups.get(group) ?? []
    const rest = items.filter((other) => other !== item)
    if (rest.length > 0) this.#groups.set(group, rest)
    else this.#groups.delete(group)
    return rest.length < items.length
  }
}
