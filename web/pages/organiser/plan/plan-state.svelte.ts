import { untrack } from 'svelte'
import type {
  CellsView,
  CellView,
  PlanMeeting,
  PlanParticipant,
  PlanView,
} from '../../../../server/schemas/schedule.ts'
import type { Written } from '../../../../server/schemas/common.ts'
import { m } from '../../../paraglide/messages.js'
import { api, ApiError } from '../../../lib/api.ts'
import { time } from '../../../lib/format.ts'
import { toast } from '../../../lib/toasts.svelte.ts'
import { tableName } from '../table-name.ts'
import {
  cellKey,
  cellsByRow,
  findPeople,
  indexOf,
  keepUnchanged,
  peopleRows,
  tableRows,
  type Layout,
} from './plan-index.ts'

type Place = { slotId: string; tableId: string }
type Override = Partial<Pick<PlanMeeting, 'slotId' | 'tableId' | 'locked'>> & { version: number }
/** A change done here, by its number in the log, and what is said once it is taken back and once it is done again. */
type Step = { seq: number; back: string; again: string }
export type Target = { legal: boolean; words: string; place: Place }

const asEtag = (version: number) => `"${version}"`
const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** What the plan page shows and does: one schedule, the meeting in hand, and where it may go. */
export class PlanState {
  #read: () => PlanView | null
  layout = $state<Layout | 'list'>('tables')
  sought = $state('')
  selectedId = $state<string | null>(null)
  /** The meeting in hand before: the two can change places. */
  #beforeId = $state<string | null>(null)
  cells = $state.raw<CellsView | null>(null)
  refusal = $state<string | null>(null)
  busy = $state(false)
  #overrides = $state.raw(new Map<string, Override>())
  #done = $state.raw<Step[]>([])
  #undone = $state.raw<Step[]>([])
  #before: PlanMeeting[] = []

  view = $derived.by(() => this.#read())
  index = $derived(this.view && indexOf(this.view))
  meetings = $derived.by(() => this.#settle(this.view?.meetings ?? []))
  byId = $derived(new Map(this.meetings.map((one) => [one.id, one])))
  selected = $derived(this.selectedId ? (this.byId.get(this.selectedId) ?? null) : null)
  partner = $derived.by(() => this.#partner())
  grid = $derived<Layout>(this.layout === 'people' ? 'people' : 'tables')
  rows = $derived(
    this.grid === 'tables'
      ? tableRows(this.view?.tables ?? [])
      : peopleRows(this.view?.participants ?? [], { project: m.plan_projects(), host: m.plan_hosts() }),
  )
  held = $derived(cellsByRow(this.meetings, this.grid))
  found = $derived(findPeople(this.view?.participants ?? [], this.sought))
  targets = $derived.by(() => this.#targets())
  zone = $derived(this.view?.event.timezone)
  editable = $derived(this.view?.schedule != null && this.view.schedule.kind !== 'version')
  canUndo = $derived(this.#done.length > 0)
  canRedo = $derived(this.#undone.length > 0)

  constructor(read: () => PlanView | null) {
    this.#read = read
  }

  // What was just done here shows at once; the server's word replaces it as soon as it is as new.
  #settle(fresh: PlanMeeting[]) {
    const shown = fresh.map((meeting) => {
      const mine = this.#overrides.get(meeting.id)
      return mine && mine.version > meeting.version ? { ...meeting, ...mine } : meeting
    })
    this.#before = keepUnchanged(this.#before, shown)
    return this.#before
  }

  person = (id: string) => this.index?.people.get(id)
  name = (id: string | null) => (id && this.person(id)?.name) || ''
  tableName = (id: string | null) => {
    const table = id && this.index?.tables.get(id)
    return table ? tableName(table.name) : ''
  }
  startOf = (slotId: string) => {
    const slot = this.index?.slots.get(slotId)
    return slot ? time(slot.startsAt, this.zone) : ''
  }
  organisation = (person: PlanParticipant | undefined) =>
    person?.organisations.join(', ') || person?.name || ''
  title = (meeting: PlanMeeting) =>
    `${this.name(meeting.participants[0]!)} – ${this.organisation(this.person(meeting.participants[1]!))}`
  whereOf = ({ slotId, tableId }: { slotId: string; tableId: string | null }) =>
    `${this.startOf(slotId)} · ${this.tableName(tableId) || m.plan_no_table()}`

  isAway = (rowId: string, slotId: string) =>
    this.grid === 'people' && (this.index?.away.has(cellKey(rowId, slotId)) ?? false)

  /** Whether the cell is about somebody the search names. */
  isFound = (rowId: string, meeting: PlanMeeting | undefined) =>
    this.found !== null &&
    (this.found.has(rowId) || (meeting?.participants.some((id) => this.found!.has(id)) ?? false))

  async select(id: string | null) {
    this.#beforeId = id && id !== this.selectedId ? this.selectedId : null
    this.selectedId = id
    this.refusal = null
    this.cells = null
    if (id && this.editable) await this.#loadCells(id)
  }

  async #loadCells(id: string) {
    try {
      const cells = await api.get<CellsView>(`/api/v1/meetings/${id}/cells`)
      if (this.selectedId === id) this.cells = cells
    } catch (error) {
      if (this.selectedId === id) this.refusal = sentence(error)
    }
  }

  /** Someone moved something: the free cells of the meeting in hand may be others now. */
  refreshCells() {
    if (this.selectedId && this.editable && !this.busy) void this.#loadCells(this.selectedId)
  }

  moveSelected(to: Place) {
    const meeting = this.selected
    if (!meeting || this.busy) return
    const target = this.cells?.cells.find((cell) => cell.slotId === to.slotId && cell.tableId === to.tableId)
    if (target && !target.legal) {
      this.refusal = this.words(target)
      return
    }
    return this.#move(meeting, to)
  }

  async #move(meeting: PlanMeeting, to: Place) {
    const said = (place: Pick<PlanMeeting, 'slotId' | 'tableId'>) =>
      m.plan_moved({ who: this.title(meeting), where: this.whereOf(place) })
    const [back, again] = [said(meeting), said(to)]
    const written = await this.#write(meeting, to, 'move', to)
    if (!written) return
    await this.select(null)
    // What has no table can't go back to where it was.
    if (meeting.tableId === null) toast(again, { tone: 'good' })
    else this.#did({ seq: written.seq, back, again })
  }

  /** Says what was done, with the way back where there is one. */
  #did({ seq, back, again }: Omit<Step, 'seq'> & Pick<Written, 'seq'>) {
    if (seq === undefined) return void toast(again, { tone: 'good' })
    this.#done = [...this.#done.slice(-99), { seq, back, again }]
    this.#undone = []
    toast(again, { tone: 'good', undo: () => this.undo() })
  }

  async undo() {
    const step = this.#done.at(-1)
    const seq = step && (await this.#takeBack(step.seq, step.back))
    if (seq === undefined) return
    this.#done = this.#done.slice(0, -1)
    this.#undone = [...this.#undone, { ...step!, seq }]
  }

  /** What was taken back is done again by taking that back. */
  async redo() {
    const step = this.#undone.at(-1)
    const seq = step && (await this.#takeBack(step.seq, step.again))
    if (seq === undefined) return
    this.#undone = this.#undone.slice(0, -1)
    this.#done = [...this.#done, { ...step!, seq }]
  }

  /** Takes an entry of the log back; answers the number of the entry that says so. */
  async #takeBack(seq: number, words: string): Promise<number | undefined> {
    if (this.busy) return
    const path = `/api/v1/programmes/${this.view?.event.programmeId}/undo`
    const written = await this.#send(() =>
      api.post<Written>(path, { seq }).catch((error) => this.#forget(seq, error)),
    )
    if (written) toast(words, { tone: 'good' })
    return written?.seq
  }

  /** What has been moved again since stays as it is: the one done before it comes next. */
  #forget(seq: number, error: unknown): never {
    const others = (steps: Step[]) => steps.filter((step) => step.seq !== seq)
    if (error instanceof ApiError && error.code === 'moved-on')
      [this.#done, this.#undone] = [others(this.#done), others(this.#undone)]
    throw error
  }

  #partner() {
    const [one, other] = [this.selected, this.#beforeId ? this.byId.get(this.#beforeId) : undefined]
    const canSwap = (each: PlanMeeting) => each.state === 'planned' && each.tableId !== null && !each.locked
    return this.editable && one && other && canSwap(one) && canSwap(other) ? other : null
  }

  /** The two change places; whether they can is the server's to say. */
  async swap(one: PlanMeeting, other: PlanMeeting) {
    if (this.busy) return
    const body = { with: other.id, version: other.version }
    const options = { ifMatch: asEtag(one.version) }
    const written = await this.#send(() =>
      api.post<Written>(`/api/v1/meetings/${one.id}/swap`, body, options),
    )
    if (!written) return
    await this.select(null)
    const words = m.plan_swapped({ one: this.title(one), other: this.title(other) })
    this.#did({ seq: written.seq, back: words, again: words })
  }

  async #send(write: () => Promise<Written>): Promise<Written | null> {
    this.busy = true
    this.refusal = null
    try {
      return await write()
    } catch (error) {
      this.#refuse(error)
      return null
    } finally {
      this.busy = false
    }
  }

  async toggleLock(meeting: PlanMeeting) {
    if (!this.editable || this.busy) return
    const locked = !meeting.locked
    if (!(await this.#write(meeting, { locked }, 'lock', { locked }))) return
    toast(
      locked ? m.plan_locked({ who: this.title(meeting) }) : m.plan_unlocked({ who: this.title(meeting) }),
    )
    this.refreshCells()
  }

  async #write(
    meeting: PlanMeeting,
    shown: Omit<Override, 'version'>,
    action: 'move' | 'lock',
    body: object,
  ): Promise<Written | null> {
    this.#override(meeting.id, { ...shown, version: meeting.version + 0.5 })
    const options = { ifMatch: asEtag(meeting.version) }
    const path = `/api/v1/meetings/${meeting.id}/${action}`
    const written = await this.#send(() => api.post<Written>(path, body, options))
    const version = written?.version ?? meeting.version + 1
    this.#override(meeting.id, written && { ...shown, version })
    return written
  }

  #refuse(error: unknown) {
    this.refusal = sentence(error)
    if (error instanceof ApiError && (error.status === 409 || error.status === 412)) this.#afterConflict()
  }

  #afterConflict() {
    if (this.selectedId) void this.#loadCells(this.selectedId)
    else toast(this.refusal ?? '', { tone: 'bad' })
  }

  #override(id: string, override: Override | null) {
    const next = new Map(untrack(() => this.#overrides))
    if (override) next.set(id, override)
    else next.delete(id)
    this.#overrides = next
  }

  /** Why a cell can't take the meeting in hand, as a sentence. */
  words(cell: CellView) {
    const holder = cell.meetingId ? this.byId.get(cell.meetingId) : undefined
    const who = this.name(cell.participantId)
    const where = this.whereOf(cell)
    switch (cell.blocker) {
      case null:
        return m.plan_cell_free({ where })
      case 'here':
        return m.plan_cell_here()
      case 'table-taken':
        return m.plan_cell_taken({
          table: this.tableName(cell.tableId),
          who: holder ? this.title(holder) : '',
        })
      case 'participant-busy':
        return m.plan_cell_busy({ who, other: holder ? this.title(holder) : '' })
      case 'participant-unavailable':
        return m.plan_cell_away({ who, time: this.startOf(cell.slotId) })
      case 'slot-past':
        return m.plan_cell_past({ time: this.startOf(cell.slotId) })
      case 'meeting-locked':
        return m.plan_cell_locked()
      case 'table-out':
        return m.plan_cell_table_out({ table: this.tableName(cell.tableId) })
      case 'slot-lost':
        return m.plan_cell_slot_lost({ time: this.startOf(cell.slotId) })
    }
  }

  #targets(): Map<string, Target> | null {
    const { selected, cells } = this
    if (!selected || !cells || cells.meetingId !== selected.id) return null
    const all = cells.cells.map((cell) => ({ cell, target: this.#targetOf(cell) }))
    if (this.grid === 'tables')
      return new Map(all.map(({ cell, target }) => [cellKey(cell.tableId, cell.slotId), target]))
    return this.#targetsByPerson(selected, cells.cells)
  }

  #targetOf = (cell: CellView): Target => ({
    legal: cell.legal,
    words: this.words(cell),
    place: { slotId: cell.slotId, tableId: cell.tableId },
  })

  // A person's row has no table: the meeting keeps its own where it is free, else takes the first free one.
  #targetsByPerson(selected: PlanMeeting, cells: CellView[]) {
    const bySlot = Map.groupBy(cells, (cell) => cell.slotId)
    return new Map(
      [...bySlot].flatMap(([slotId, options]) => {
        const free = options.filter(({ legal }) => legal)
        const own = (list: CellView[]) => list.find(({ tableId }) => tableId === selected.tableId)
        const chosen = own(free) ?? free[0] ?? own(options) ?? options[0]!
        return selected.participants.map((id) => [cellKey(id, slotId), this.#targetOf(chosen)] as const)
      }),
    )
  }
}
