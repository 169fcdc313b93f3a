type Waiting<Item> = { item: Item; isUrgent: boolean }

/**
 * What waits its turn, one of each group after the other: who asks for much makes the others wait no longer. Bounded
 * within a group and in all, so that nobody waits for what would come too late anyhow; the bound in all is twice as
 * high for a group of which nothing waits yet, so that others never keep it out with what they ask for.
 */
export class FairQueue<Item> {
  #groups = new Map<string, Waiting<Item>[]>()
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
    const own = this.#groups.get(group)?.length ?? 0
    return own >= this.#mostEach || this.size >= (own === 0 ? 2 * this.#most : this.#most)
  }

  /** What is urgent goes before all in its group that is not. */
  add(group: string, item: Item, isUrgent = false): void {
    const items = this.#groups.get(group) ?? []
    const at = isUrgent ? items.findIndex((one) => !one.isUrgent) : -1
    this.#groups.set(group, items.toSpliced(at < 0 ? items.length : at, 0, { item, isUrgent }))
  }

  /** The group that had this turn is the last of those that wait. A group that yields lets the others go first. */
  next(yields: (group: string) => boolean = () => false): Item | undefined {
    const groups = [...this.#groups.keys()]
    const group = groups.find((one) => !yields(one)) ?? groups[0]
    if (group === undefined) return
    const [{ item }, ...rest] = this.#groups.get(group)!
    this.#groups.delete(group)
    if (rest.length > 0) this.#groups.set(group, rest)
    return item
  }

  /** Whether it was still waiting. */
  remove(group: string, item: Item): boolean {
    const items = this.#groups.get(group) ?? []
    const rest = items.filter((other) => other.item !== item)
    if (rest.length > 0) this.#groups.set(group, rest)
    else this.#groups.delete(group)
    return rest.length < items.length
  }
}
