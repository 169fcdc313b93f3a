import type { Attendance, MeetingState, Rsvp, Written } from '../../../../server/schemas/common.ts'
import type {
  DayMeeting,
  DayView,
  DelayInput,
  DisruptionInput,
  DisruptionView,
  RepairView,
} from '../../../../server/schemas/day.ts'
import { api, ApiError } from '../../../lib/api.ts'
import { serverNow } from '../../../lib/clock.ts'
import { eventNow } from '../../../lib/event-now.svelte.ts'
import { eventTime, eventTimeRange, eventTimeSaid, weekdayOf, isoDate } from '../../../lib/format.ts'
import { markedName } from '../../../lib/naming.ts'
import { slotsOfDay, turnClock } from '../../../lib/day/turn-clock.ts'
import { toast, toastError } from '../../../lib/toasts.svelte.ts'
import { m } from '../../../paraglide/messages.js'
import { tableName } from '../../../lib/table-name.ts'
import { countBy, indexOf, STEPS, tilesOf, type Step } from './day-index.ts'

/** One thing done by hand: where it goes, what is said once done, and whether there is no way back from it. */
type Act = {
  key: string
  method?: 'post' | 'put'
  path: string
  body?: object
  ifMatch?: string
  patience?: number
  words: string
  final?: true
}

const isRefused = (rsvp: Rsvp | null, attendance: Attendance) =>
  rsvp === 'not-coming' && (attendance === 'expected' || attendance === 'absent')

/** What the board of the day shows and does: the clock, one slot's tables, who is here, what goes differently. */
export class DayState {
  #read: () => DayView | null
  /** What was done on this page, by its number in the log, the last on top. */
  #done: number[] = []
  now = $derived(eventNow())
  /** The slot looked at; null follows the clock. */
  chosenId = $state<string | null>(null)
  /** What is on its way to the server. */
  busy = $state<string | null>(null)
  refusal = $state.raw<Error | null>(null)

  view = $derived.by(() => this.#read())
  index = $derived(this.view && indexOf(this.view))
  zone = $derived(this.view?.event.timezone)
  clock = $derived(turnClock(slotsOfDay(this.view?.slots ?? [], this.now), this.now))
  current = $derived(this.clock.now)
  slot = $derived.by(
    () => this.index?.slots.get(this.chosenId ?? '') ?? this.current ?? this.view?.slots.at(-1) ?? null,
  )
  /** Another day than that of the first turn, before it: nobody is late, and nothing is to be called. */
  isFar = $derived(
    this.view !== null &&
      this.view.slots.length > 0 &&
      isoDate(this.now, this.zone) < this.view.slots[0]!.day,
  )
  tiles = $derived.by(() => {
    if (!this.view || !this.index || !this.slot) return []
    const tiles = tilesOf(this.view, this.index, this.slot.id)
    return this.isFar ? tiles.map((tile) => ({ ...tile, missing: [] })) : tiles
  })
  attendance = $derived(countBy(this.view?.participants ?? [], (one) => one.attendance))
  openDisruptions = $derived((this.view?.disruptions ?? []).filter(({ state }) => state === 'open'))
  hits = $derived(new Set(this.openDisruptions.flatMap(({ hits }) => hits)).size)
  ahead = $derived((this.view?.slots ?? []).filter(({ endsAt }) => Date.parse(endsAt) > this.now))
  /** Who has said that they will not come and still has meetings before them, as nobody has marked them absent yet. */
  notComing = $derived.by(() => {
    const { participants = [], meetings = [], disruptions = [] } = this.view ?? {}
    const marked = new Set(disruptions.map(({ kind, participantId }) => kind === 'no_show' && participantId))
    const ahead = new Set(this.ahead.map(({ id }) => id))
    const open = meetings.filter(({ state, slotId }) => state === 'planned' && ahead.has(slotId))
    return participants
      .filter(({ id, rsvp, attendance }) => isRefused(rsvp.rsvp, attendance) && !marked.has(id))
      .map((person) => ({
        person,
        meetings: open.filter(({ participants: two }) => two.includes(person.id)),
      }))
      .filter(({ meetings }) => meetings.length > 0)
      .map(({ person, meetings }) => ({ person, meetings: meetings.length }))
  })
  /** Meetings of slots that are over by the clock and not by hand. */
  unfinished = $derived(this.#unfinished())

  constructor(read: () => DayView | null) {
    this.#read = read
  }

  #unfinished() {
    const over = (this.view?.slots ?? []).filter(({ endsAt }) => Date.parse(endsAt) <= this.now)
    return over.flatMap((slot) => {
      const count = (this.view?.meetings ?? []).filter(
        (one) => one.slotId === slot.id && (one.state === 'called' || one.state === 'in_progress'),
      ).length
      return count > 0 ? [{ slot, count }] : []
    })
  }

  person = (id: string | null) => (id ? this.index?.people.get(id) : undefined)
  name = (id: string | null) => this.person(id)?.name ?? ''
  /** Where there is room for one name. */
  label = (id: string | null) => {
    const person = this.person(id)
    return person ? markedName(person) : ''
  }
  title = ({ participants }: Pick<DayMeeting, 'participants'>) =>
    participants.map((id) => this.label(id)).join(' – ')
  tableName = (id: string | null) => tableName(this.index?.tables.get(id ?? '')?.name ?? '')
  /** When it begins, as a sentence says it. */
  saidOf = (at: string) => (at && this.view ? eventTimeSaid(at, this.view.event) : '')
  startOf = (slotId: string) => this.saidOf(this.index?.slots.get(slotId)?.startsAt ?? '')
  /** Of which of several days a slot is; of a single one nothing is said. */
  dayOf = (slotId: string) => {
    const slot = this.index?.slots.get(slotId)
    const event = this.view?.event
    return slot && event && event.date !== event.lastDate ? weekdayOf(slot.day) : ''
  }
  /** The same in a list. */
  clockOf = (at: string) => (this.view ? eventTime(at, this.view.event) : '')
  rangeOf = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) =>
    this.view ? eventTimeRange(startsAt, endsAt, this.view.event) : ''
  /** What is reported and proposed is kept in real time; a sample whose clock was moved tells it by its own. */
  reportedAt = (at: string) =>
    new Date(Date.parse(at) + (this.view?.event.sample ? serverNow() - Date.now() : 0)).toISOString()
  get markNames() {
    const { event, slots, tables } = this.view!
    const organisations = (id: string) => this.person(id)?.organisations ?? []
    return { event, slots, tables, label: this.label, organisations }
  }
  countIn = (step: Step) =>
    this.tiles.filter(({ meeting }) => meeting && (STEPS[step] as readonly string[]).includes(meeting.state))
      .length

  /** Does one thing and says so, with the way back where there is one. True once done. */
  async #act({
    key,
    method = 'post',
    path,
    body = {},
    ifMatch,
    patience,
    words,
    final,
  }: Act): Promise<Written | null> {
    if (this.busy) return null
    this.busy = key
    try {
      const reply = await api[method]<Written>(`/api/v1${path}`, body, { ifMatch, patience })
      const seq = final ? undefined : reply.seq
      if (seq !== undefined) this.#done = [...this.#done.slice(-49), seq]
      toast(words, {
        tone: 'good',
        ...(seq !== undefined && { undo: async () => void (await this.undo(seq)) }),
      })
      return reply
    } catch (error) {
      this.#refuse(key, error)
      return null
    } finally {
      this.busy = null
    }
  }

  // A proposal says at its own place why it was refused; everything else in a toast.
  #refuse(key: string, error: unknown) {
    if (key.startsWith('repair') && error instanceof ApiError) this.refusal = error
    else toastError(error)
  }

  undoLast = () => {
    const seq = this.#done.at(-1)
    return seq === undefined ? void toast(m.day_undo_nothing()) : this.undo(seq)
  }

  /** Takes one entry of the log back. */
  async undo(seq: number) {
    if (!this.busy) this.#done = this.#done.filter((one) => one !== seq)
    const entry = this.view?.log.find((one) => one.seq === seq)
    const words = entry ? m.day_undone({ what: entry.text.replace(/\.$/, '') }) : m.day_undone_one()
    const path = `/programmes/${this.view?.event.programmeId}/undo`
    return this.#act({ key: `undo ${seq}`, path, body: { seq }, words, final: true })
  }

  setSlot(step: Step, slotId = this.slot?.id ?? '') {
    const slot = this.index?.slots.get(slotId)
    const words = { called: m.day_did_call, in_progress: m.day_did_start, done: m.day_did_finish }[step]
    return this.#act({
      ...{ key: `slot ${step}`, path: `${this.#event}/slots/${slotId}/state`, body: { state: step } },
      words: words({ time: slot ? this.startOf(slot.id) : '' }),
    })
  }

  setMeeting(meeting: DayMeeting, state: Exclude<MeetingState, 'planned'>) {
    const words = {
      called: m.day_did_call_one,
      in_progress: m.day_did_start_one,
      done: m.day_did_finish_one,
      no_show: m.day_did_no_show,
      cancelled: m.day_did_cancel,
    }[state]
    return this.#act({
      ...{ key: meeting.id, path: `/meetings/${meeting.id}/state`, body: { state } },
      words: words({ who: this.title(meeting) }),
    })
  }

  setAttendance(id: string, attendance: Exclude<Attendance, 'late'>) {
    const words = {
      expected: m.day_did_expected,
      here: m.day_did_here,
      absent: m.day_did_absent,
      left: m.day_did_left,
    }[attendance]
    return this.#act({
      ...{ key: id, method: 'put', path: `/participants/${id}/attendance`, body: { attendance } },
      words: words({ who: this.label(id) }),
    })
  }

  setLate = (id: string, minutes: number) =>
    this.#act({
      ...{ key: id, path: `/participants/${id}/late`, body: { minutes } },
      words: m.day_says_late({ who: this.label(id), minutes }),
    })

  /** For all that is left of the event, also where it has several days. */
  setAway(id: string) {
    const [first, last] = [this.ahead.at(0), this.ahead.at(-1)]
    const { event } = this.view!
    if (!first || !last || event.date === event.lastDate) return this.setAttendance(id, 'absent')
    return this.#act({
      ...{ key: id, path: `${this.#event}/disruptions` },
      body: { kind: 'no_show', participantId: id, fromSlotId: first.id, toSlotId: last.id },
      words: m.day_did_absent({ who: this.label(id) }),
    })
  }

  report = (input: DisruptionInput, words: string) =>
    this.#act({
      ...{ key: `report ${input.kind}`, path: `${this.#event}/disruptions`, body: input },
      words,
    })

  dismiss = ({ id }: DisruptionView, words: string) =>
    this.#act({ key: id, path: `/disruptions/${id}/dismiss`, words })

  async propose() {
    this.refusal = null
    await this.#act({
      key: 'repair',
      path: `${this.#event}/repairs`,
      patience: 60_000,
      words: m.day_repair_found(),
      final: true,
    })
  }

  async apply({ id, steps }: RepairView) {
    this.refusal = null
    return this.#act({
      ...{ key: `repair ${id}`, path: `/repairs/${id}/apply`, ifMatch: `"${this.view?.schedule?.version}"` },
      words: m.day_repair_applied({ count: steps.length }),
    })
  }

  delay = (input: DelayInput, words: string) =>
    this.#act({
      key: 'delay',
      path: `${this.#event}/delay`,
      body: input,
      words,
    })

  addMeeting = (projectId: string, hostId: string, slotId: string, tableId: string) =>
    this.#act({
      ...{ key: `add ${projectId} ${hostId} ${slotId}`, path: `${this.#event}/meetings` },
      body: { projectId, hostId, slotId, tableId },
      words: m.day_did_add({
        ...{ who: this.title({ participants: [projectId, hostId] }), time: this.startOf(slotId) },
        table: this.tableName(tableId),
      }),
    })

  walkIn = (side: 'project' | 'host', personId: string, who: string) =>
    this.#act({
      ...{ key: 'walk-in', path: `${this.#event}/participants`, words: m.day_did_walk_in({ who }) },
      body: side === 'project' ? { projectId: personId } : { hostId: personId },
      final: true,
    })

  get #event() {
    return `/events/${this.view?.event.id}`
  }
}
