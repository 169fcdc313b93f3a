import type { DayView } from '../../../../server/schemas/day.ts'

type Step = { id: number; type: string; after: number; seq: number | null }
type Entry = DayView['log'][number]

/**
 * What was done on this page, the last on top. A write's answer has no number, so its entry is looked for in the log
 * when it is needed: entries are claimed in the order in which things were done.
 */
export class UndoStack {
  #steps: Step[] = []
  #count = 0

  push(type: string, after: number): number {
    this.#count += 1
    this.#steps = [...this.#steps.slice(-49), { id: this.#count, type, after, seq: null }]
    return this.#count
  }

  last = (): number | null => this.#steps.at(-1)?.id ?? null

  drop(id: number) {
    this.#steps = this.#steps.filter((step) => step.id !== id)
  }

  /** The number of a step's entry; null where the log does not reach it. */
  find(id: number, log: Entry[], actor: string): number | null {
    for (const step of this.#steps) step.seq ??= this.#claim(step, log, actor)
    return this.#steps.find((step) => step.id === id)?.seq ?? null
  }

  #claim({ type, after }: Step, log: Entry[], actor: string): number | null {
    const taken = new Set(this.#steps.map(({ seq }) => seq))
    const entry = log.findLast(
      (one) =>
        one.undoable && one.actor === actor && one.type === type && one.seq > after && !taken.has(one.seq),
    )
    return entry?.seq ?? null
  }
}
