import { untrack } from 'svelte'
import type { CellsView, CellView, PlanMeeting, PlanView } from '../../../../server/schemas/schedule.ts'
import type { Written } from '../../../../server/schemas/common.ts'
import { m } from '../../../paraglide/messages.js'
import { api, ApiError } from '../../../lib/api.ts'
import { eventTime, eventTimeSaid } from '../../../lib/format.ts'
import { markedName } from '../../../lib/naming.ts'
import { toast, toasts } from '../../../lib/toasts.svelte.ts'
import { tableName } from '../../../lib/table-name.ts'
import {
  cellKey,
  cellNames,
  cellsByRow,
  findPeople,
  indexOf,
  keepUnchanged,
  peopleRows,
  tableRows,
  type Layout,
} from './plan-index.ts'
import { isFinal, Steps, type Done, type Moved, type Place, type Step } from './steps.svelte.ts'

type Cell = { slotId: string; tableId: string }
type Shown = Partial<Pick<PlanMeeting, 'slotId' | 'tableId' | 'locked'>>
type Override = Shown & { version: number }
type Change = { meeting: PlanMeeting; shown: Shown }
export type Target = { legal: boolean; words: string; place: Cell }

const asEtag = (version: number) => `"${version}"`
const placeOf = ({ slotId, tableId }: Place): Place => ({ slotId, tableId })
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
  /** While a meeting is dragged nothing moves by itself. */
  dragging = false
  #overrides = $state.raw(new Map<string, Override>())
  #steps = new Steps()
  /** What offers to take a step back: it goes with the offer. */
  #notices = new Map<string, number>()
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
      ? tableRows(this.view?.tables ?? [], (id) => m.plan_own_table({ name: this.name(id) }))
      : peopleRows(this.view?.participants ?? [], { project: m.plan_projects(), host: m.plan_hosts() }),
  )
  held = $derived(cellsByRow(this.meetings, this.grid))
  found = $derived(findPeople(this.view?.participants ?? [], this.sought))
  targets = $derived.by(() => this.#targets())
  #cellNames = $derived(cellNames(this.view?.participants ?? []))
  zone = $derived(this.view?.event.timezone)
  editable = $derived(this.view?.schedule != null && this.view.schedule.kind !== 'version')
  // Only what was done in the schedule on the screen is taken back there.
  #stepsOf = $derived(this.editable ? this.view?.schedule?.id : undefined)
  #toUndo = $derived(this.#steps.toUndo(this.#stepsOf))
  #toRedo = $derived(this.#steps.toRedo(this.#stepsOf))
  canUndo = $derived(this.#toUndo !== undefined)
  canRedo = $derived(this.#toRedo !== undefined)

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
  /** As cells and sentences call them. */
  name = (id: string | null) => {
    const person = id && this.person(id)
    return person ? markedName(person) : ''
  }
  /** As a cell calls them, which has little room. */
  cellName = (id: string | null) => (id && this.#cellNames.get(id)) || ''
  tableName = (id: string | null) => {
    const table = id && this.index?.tables.get(id)
    return table ? tableName(table.name) : ''
  }
  startOf = (slotId: string) => {
    const slot = this.index?.slots.get(slotId)
    return slot && this.view ? eventTime(slot.startsAt, this.view.event) : ''
  }
  /** The same inside a sentence. */
  #saidOf = (slotId: string) => {
    const slot = this.index?.slots.get(slotId)
    return slot && this.view ? eventTimeSaid(slot.startsAt, this.view.event) : ''
  }
  get markNames() {
    const { event, slots, tables } = this.view!
    const organisations = (id: string) => this.person(id)?.organisations ?? []
    return { event, slots, tables, label: this.name, organisations }
  }
  title = ({ participants }: PlanMeeting) => participants.map((id) => this.name(id)).join(' – ')
  whereOf = ({ slotId, tableId }: { slotId: string; tableId: string | null }) =>
    `${this.startOf(slotId)} · ${this.tableName(tableId) || m.plan_no_table()}`

  isAway = (rowId: string, slotId: string) => this.index?.away.has(cellKey(rowId, slotId)) ?? false

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
      const cells = await api.get<CellsView>(`/api/v1/meetings/${id}/cells`, { long: true })
      if (this.selectedId === id) this.cells = cells
    } catch (error) {
      if (this.selectedId === id) this.refusal = sentence(error)
    }
  }

  /** Someone moved something: the free cells of the meeting in hand may be others now. */
  refreshCells() {
    if (this.selectedId && this.editable && !this.busy) void this.#loadCells(this.selectedId)
  }

  moveSelected(to: Cell) {
    const meeting = this.selected
    if (!meeting || this.busy) return
    const target = this.cells?.cells.find((cell) => cell.slotId === to.slotId && cell.tableId === to.tableId)
    if (target && !target.legal) {
      this.refusal = this.words(target)
      return
    }
    return this.#move(meeting, to)
  }

  async #move(meeting: PlanMeeting, to: Cell) {
    const said = (place: Place) => m.plan_moved({ who: this.title(meeting), where: this.whereOf(place) })
    const [back, again] = [said(meeting), said(to)]
    const moved = [{ meetingId: meeting.id, from: placeOf(meeting), to }]
    const change = { meeting, shown: to }
    const did = this.#keep({ moved, back, again })
    const written = await this.#write([change], () => this.#post(meeting, 'move', to))
    if (!written) return
    await this.select(null)
    did(written)
  }

  /** Will say what was done, with the way back where there is one; of the schedule on the screen as it is done. */
  #keep({ moved, back, again }: Pick<Done, 'moved' | 'back' | 'again'>) {
    const scheduleId = this.view?.schedule?.id
    // What has no table can't go back to where it was.
    const canGoBack = moved.every(({ from }) => from.tableId !== null)
    return ({ seq }: Written) => {
      if (seq === undefined || !scheduleId || !canGoBack) return void toast(again, { tone: 'good' })
      const { id } = this.#steps.add({ scheduleId, seq, moved, back, again })
      const undo = () => this.#takeBack(this.#steps.find(id))
      this.#notices.set(id, toast(again, { tone: 'good', undo }))
    }
  }

  undo = () => this.#takeBack(this.#toUndo)
  redo = () => this.#takeBack(this.#toRedo)

  /** Takes back a step of the schedule on the screen. */
  async #takeBack(step: Step | undefined) {
    if (!this.view || this.busy || !step || step.scheduleId !== this.#stepsOf) return
    const path = `/api/v1/programmes/${this.view.event.programmeId}/undo`
    const post = () => api.post<Written>(path, { seq: step.seq }, { idempotencyKey: step.key })
    const written = await this.#write(this.#backTo(step.moved), () =>
      post().catch((error) => this.#forget(step, error)),
    )
    if (written?.seq === undefined) return
    this.#steps.turn(step, written.seq)
    this.#dismissNotice(step)
    toast(step.back, { tone: 'good' })
  }

  // What is back already, because only the answer was lost, has its new version already.
  #backTo(moved: Moved[]): Change[] {
    return moved.flatMap(({ meetingId, from }) => {
      const meeting = this.byId.get(meetingId)
      const isBack = meeting?.slotId === from.slotId && meeting.tableId === from.tableId
      return meeting && !isBack ? [{ meeting, shown: from }] : []
    })
  }

  /** What can't be taken back any more stays as it is: the one done before it comes next. */
  #forget(step: Step, error: unknown): never {
    if (isFinal(error)) {
      this.#steps.forget(step)
      this.#dismissNotice(step)
    }
    throw error
  }

  #dismissNotice({ id }: Step) {
    const notice = this.#notices.get(id)
    if (notice !== undefined) toasts.dismiss(notice)
    this.#notices.delete(id)
  }

  #partner() {
    const [one, other] = [this.selected, this.#beforeId ? this.byId.get(this.#beforeId) : undefined]
    const canSwap = (each: PlanMeeting) => each.state === 'planned' && each.tableId !== null && !each.locked
    return this.editable && one && other && canSwap(one) && canSwap(other) ? other : null
  }

  /** The two change places; whether they can is the server's to say. */
  async swap(one: PlanMeeting, other: PlanMeeting) {
    if (this.busy) return
    const words = m.plan_swapped({ one: this.title(one), other: this.title(other) })
    const [here, there] = [placeOf(one), placeOf(other)]
    const moved = [
      { meetingId: one.id, from: here, to: there },
      { meetingId: other.id, from: there, to: here },
    ]
    const changes = [
      { meeting: one, shown: there },
      { meeting: other, shown: here },
    ]
    const did = this.#keep({ moved, back: words, again: words })
    const body = { with: other.id, version: other.version }
    const written = await this.#write(changes, () => this.#post(one, 'swap', body))
    if (!written) return
    await this.select(null)
    did(written)
  }

  #post = (meeting: PlanMeeting, action: 'move' | 'swap' | 'lock', body: object) =>
    api.post<Written>(`/api/v1/meetings/${meeting.id}/${action}`, body, { ifMatch: asEtag(meeting.version) })

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
    const change = { meeting, shown: { locked } }
    if (!(await this.#write([change], () => this.#post(meeting, 'lock', { locked })))) return
    toast(
      locked ? m.plan_locked({ who: this.title(meeting) }) : m.plan_unlocked({ who: this.title(meeting) }),
    )
    this.refreshCells()
  }

  /** Shows at once what is asked for; a write that changes a meeting makes its version one more. */
  async #write(changes: Change[], post: () => Promise<Written>): Promise<Written | null> {
    this.#override(changes, 0.5)
    const written = await this.#send(post)
    this.#override(changes, written?.seq === undefined ? null : 1)
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

  #override(changes: Change[], newer: number | null) {
    const next = new Map(untrack(() => this.#overrides))
    for (const { meeting, shown } of changes) {
      if (newer === null) next.delete(meeting.id)
      else next.set(meeting.id, { ...shown, version: meeting.version + newer })
    }
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
        return this.#engaged(cell) ?? m.plan_cell_away({ who, time: this.#saidOf(cell.slotId) })
      case 'slot-past':
        return m.plan_cell_past({ time: this.#saidOf(cell.slotId) })
      case 'meeting-locked':
        return m.plan_cell_locked()
      case 'table-out':
        return m.plan_cell_table_out({ table: this.tableName(cell.tableId) })
      case 'slot-lost':
        return m.plan_cell_slot_lost({ time: this.#saidOf(cell.slotId) })
    }
  }

  /** Of whoever attends a workshop or a public event at that time. */
  #engaged({ slotId, participantId }: CellView) {
    const found = this.view?.engagements.find(
      ({ slots, participants }) => slots.includes(slotId) && participants.includes(participantId ?? ''),
    )
    const values = { who: this.name(participantId), time: this.#saidOf(slotId) }
    return found && m.plan_cell_engaged({ ...values, title: found.title })
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
