import type { PlanMeeting } from '../../../../server/schemas/schedule.ts'
import { ApiError, newKey } from '../../../lib/api.ts'

export type Place = Pick<PlanMeeting, 'slotId' | 'tableId'>
export type Moved = { meetingId: string; from: Place; to: Place }

/** A change done here: in which schedule, by which number in the log, and what it moved. */
export type Step = {
  /** Stays the same, however often the step is taken back and done again. */
  id: string
  scheduleId: string
  seq: number
  moved: Moved[]
  /** What is said once it is taken back, and once it is done again. */
  back: string
  again: string
  /** Of the request that takes it back: asked twice because an answer was lost, it is taken back once. */
  key: string
}

export type Done = Omit<Step, 'id' | 'key'>

/** What was taken back is done again by taking that back. */
const reversed = (step: Step, seq: number): Step => ({
  ...step,
  seq,
  moved: step.moved.map(({ meetingId, from, to }) => ({ meetingId, from: to, to: from })),
  back: step.again,
  again: step.back,
  key: newKey(),
})

// Any other obstacle may go away, and the step is tried again then.
const FINAL = new Set(['moved-on', 'not-found', 'not-undoable', 'schedule-frozen', 'slot-past'])
export const isFinal = (error: unknown) => error instanceof ApiError && FINAL.has(error.code)

const last = (steps: Step[], scheduleId: string | undefined) =>
  steps.findLast((step) => step.scheduleId === scheduleId)
const without = (steps: Step[], { id }: Step) => steps.filter((step) => step.id !== id)

/** What was done on this page and can be taken back, of each schedule by itself. */
export class Steps {
  #done = $state.raw<Step[]>([])
  #undone = $state.raw<Step[]>([])

  toUndo = (scheduleId: string | undefined) => last(this.#done, scheduleId)
  toRedo = (scheduleId: string | undefined) => last(this.#undone, scheduleId)
  /** A step by its id, unless it is taken back already. */
  find = (id: string) => this.#done.find((step) => step.id === id)

  add(done: Done): Step {
    const step = { ...done, id: newKey(), key: newKey() }
    this.#done = [...this.#done.slice(-99), step]
    this.#undone = this.#undone.filter(({ scheduleId }) => scheduleId !== done.scheduleId)
    return step
  }

  /** It was taken back by the entry `seq` of the log, or so done again. */
  turn(step: Step, seq: number) {
    const wasDone = this.find(step.id) !== undefined
    this.forget(step)
    if (wasDone) this.#undone = [...this.#undone, reversed(step, seq)]
    else this.#done = [...this.#done, reversed(step, seq)]
  }

  forget(step: Step) {
    this.#done = without(this.#done, step)
    this.#undone = without(this.#undone, step)
  }
}
