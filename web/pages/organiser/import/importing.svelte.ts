import type {
  CheckedTable,
  Imported,
  ImportField,
  ImportTable,
  PeopleKind,
  ReadTable,
} from '../../../../server/schemas/import.ts'
import { api, ApiError, newKey } from '../../../lib/api.ts'
import { m } from '../../../paraglide/messages.js'
import { Saving } from '../../../lib/saving.svelte.ts'

export type Step = 'source' | 'columns' | 'check' | 'done'
/** What is read: the name it goes by, and its content as it travels. */
export type Source = { name: string; from: 'file' | 'text'; content: string }

/** A long list takes its time on a slow line. */
const patience = 180_000

/** A list on its way in, step by step. Whatever goes wrong, what was uploaded, typed and chosen stays. */
export class Importing {
  readonly saving = new Saving()
  step = $state<Step>('source')
  source = $state.raw<Source | null>(null)
  read = $state.raw<ReadTable | null>(null)
  headings = $state(0)
  columns = $state<(ImportField | null)[]>([])
  checked = $state.raw<CheckedTable | null>(null)
  done = $state.raw<Imported | null>(null)
  undone = $state(false)
  /** Something that is no error but has to be said. */
  note = $state<string | null>(null)
  #decisions = $state.raw(new Map<number, string | null>())
  #key = newKey()
  readonly #programmeId: () => string
  readonly kind: PeopleKind

  constructor(kind: PeopleKind, programmeId: () => string) {
    this.kind = kind
    this.#programmeId = programmeId
  }

  get rows() {
    return (this.read?.rows ?? []).filter(({ row }) => row > this.headings)
  }

  decisionOn = (row: number) => this.#decisions.get(row)

  #table = (): ImportTable => ({
    kind: this.kind,
    rows: this.read?.rows ?? [],
    headings: this.headings,
    columns: [...this.columns],
    decisions: [...this.#decisions].map(([row, person]) => ({ row, person })),
  })

  #post = <T>(path: string, body: object, idempotencyKey?: string) =>
    api.post<T>(`/api/v1/programmes/${this.#programmeId()}/${path}`, body, { patience, idempotencyKey })

  load = (source: Source, sheet?: number) =>
    this.saving.run(async () => {
      const { from, content } = source
      const body = { kind: this.kind, from, content, ...(sheet !== undefined && { sheet }) }
      const read = await this.#post<ReadTable>('import/table', body)
      this.source = source
      this.read = read
      this.headings = read.headings
      this.columns = read.columns
      this.#decisions = new Map()
      this.checked = null
      this.step = 'columns'
    })

  check = () => this.saving.run(this.#check)

  #check = async () => {
    this.note = null
    this.checked = await this.#post<CheckedTable>('import/check', this.#table())
    this.#key = newKey()
    this.step = 'check'
  }

  /** Undefined: not decided. What that changes is asked at once. */
  decide(row: number, person: string | null | undefined) {
    const decisions = new Map(this.#decisions)
    if (person === undefined) decisions.delete(row)
    else decisions.set(row, person)
    this.#decisions = decisions
    return this.check()
  }

  /** Asked again after a lost answer it has no second effect: the key is that of what was checked. */
  bring = () =>
    this.saving.run(async () => {
      const order = { ...this.#table(), basis: this.checked?.basis ?? '' }
      try {
        this.done = await this.#post<Imported>('import', order, this.#key)
        this.undone = false
        this.step = 'done'
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 'table-outdated')) throw error
        await this.#check()
        this.note = m.import_outdated()
      }
    })

  undo = () =>
    this.saving.run(async () => {
      await this.#post('undo', { seq: this.done?.seq })
      this.undone = true
    })

  again() {
    this.done = null
    return this.check()
  }

  report = () =>
    this.saving.run(() =>
      api.download(`/api/v1/programmes/${this.#programmeId()}/import/report`, this.#table(), {
        name: 'incontro-errori.xlsx',
        patience,
      }),
    )

  back(step: Step) {
    this.note = null
    this.saving.error = null
    this.step = step
  }
}
