import { compact } from '../compact/annealing.ts'
import { SHIFTS } from '../model/effort.ts'
import type { Agenda } from '../model/partial-schedule.ts'
import { forkOf, type Search } from '../model/search-limits.ts'
import { place } from '../place/insertion.ts'
import { dealShifts, withinShifts } from './shifts.ts'

/**
 * Other times for the same meetings, at which nearly nobody of those who keep a table has to change it: each has them in
 * a shift of their own, and inside the shifts the agendas are made compact, turn after turn.
 */
export class ShiftTimes {
  private readonly search: Search
  /** The agenda inside the shifts; null if not everything found room there. */
  private inShifts: Agenda | null = null
  /** Which meetings that has been tried for. */
  private held: Uint8Array | null = null

  constructor(search: Search) {
    this.search = search
  }

  /** Goes on for so many steps. The slots of all candidates, or null if there are none, or it was told to stop. */
  async turn(agenda: Agenda, steps: number): Promise<Int32Array | null> {
    const held = Uint8Array.from(agenda.slotOf, (slot) => +(slot >= 0))
    if (!this.held?.every((one, c) => one === held[c])) this.begin(agenda, held)
    if (!this.inShifts) return null
    const own = forkOf(this.search, steps)
    await compact(this.inShifts, own, { lower: 0, steps }, () => {})
    return this.search.isOver() ? null : this.inShifts.slotOf
  }

  private begin(agenda: Agenda, held: Uint8Array): void {
    this.held = held
    this.inShifts = null
    const shifts = dealShifts(agenda, this.search.newRandom())
    if (shifts.size === 0) return
    const within = withinShifts(agenda, shifts)
    const all = [...held.keys()].filter((c) => held[c])
    const own = { ...forkOf(this.search), random: this.search.newRandom() }
    if (place(within, all, own, SHIFTS.insertions * all.length).length === 0) this.inShifts = within
  }
}
