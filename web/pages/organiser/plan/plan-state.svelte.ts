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
/** A swap is taken back, and done again, by the number of its change. */
type Step = { meetingId: string; from: Place; to: Place } | { seq: number; words: string }
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
    const from = placeOf(meeting)
    if (!(await this.#place(meeting, to))) return
    await this.select(null)
    const words = m.plan_moved({ who: this.title(meeting), where: this.whereOf(to) })
    if (!from) return void toast(words, { tone: 'good' })
    this.#done = [...this.#done.slice(-99), { meetingId: meeting.id, from, to }]
    this.#undone = []
    toast(words, { tone: 'good', undo: () => this.undo() })
  }

  async undo() {
    const step = this.#done.at(-1)
    const taken = step && (await this.#again(step, 'from'))
    if (!taken) return
    this.#done = this.#done.slice(0, -1)
    this.#undone = [...this.#undone, taken]
  }

  async redo() {
    const step = this.#undone.at(-1)
    const made = step && (await this.#again(step, 'to'))
    if (!made) return
    this.#undone = this.#undone.slice(0, -1)
    this.#done = [...this.#done, made]
  }

  async #again(step: Step, where: 'from' | 'to'): Promise<Step | null> {
    if ('seq' in step) return this.#unswap(step)
    return (await this.#replay(step.meetingId, step[where])) ? step : null
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
    const seq = await this.#send(() => api.post<Written>(`/api/v1/meetings/${one.id}/swap`, body, options))
    if (seq === null) return
    await this.select(null)
    const words = m.plan_swapped({ one: this.title(one), other: this.title(other) })
    this.#done = [...this.#done.slice(-99), { seq, words }]
    this.#undone = []
    toast(words, { tone: 'good', undo: () => this.undo() })
  }

  async #unswap({ seq: was, words }: { seq: number; words: string }): Promise<Step | null> {
    const path = `/api/v1/programmes/${this.view?.event.programmeId}/undo`
    const seq = this.busy ? null : await this.#send(() => api.post<Written>(path, { seq: was }))
    if (seq === null) return null
    toast(words, { tone: 'good' })
    return { seq, words }
  }

  async #send(write: () => Promise<Written>): Promise<number | null> {
    this.busy = true
    this.refusal = null
    try {
      return (await write()).seq ?? null
    } catch (error) {
      this.#refuse(error)
      return null
    } finally {
      this.busy = false
    }
  }

  async #replay(meetingId: string, to: Place) {
    const meeting = this.byId.get(meetingId)
    if (!meeting || this.busy) return false
    if (!(await this.#place(meeting, to))) return false
    toast(m.plan_moved({ who: this.title(meeting), where: this.whereOf(to) }), { tone: 'good' })
    return true
  }

  #place = (meeting: PlanMeeting, to: Place) => this.#write(meeting, to, 'move', to)

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
  ) {
    this.busy = true
    this.refusal = null
    this.#override(meeting.id, { ...shown, version: meeting.version + 0.5 })
    try {
      const options = { ifMatch: asEtag(meeting.version) }
      const { version } = await api.post<Written>(`/api/v1/meetings/${meeting.id}/${action}`, body, options)
      this.#override(meeting.id, { ...shown, version: version ?? meeting.version + 1 })
      return true
    } catch (error) {
      this.#override(meeting.id, null)
      this.#refuse(error)
      return false
    } finally {
      this.busy = false
    }
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

const placeOf = ({ slotId, tableId }: PlanMeeting): Place | null => (tableId ? { slotId, tableId } : null)
