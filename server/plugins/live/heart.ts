import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '../../database/client.ts'
import { fromDatabase } from '../../errors.ts'

export const BEAT_MS = 1_000
/** Without a read of the database for so long this node knows nothing of what happens there. */
const FRESH_MS = 3_000
const CALL_BEATS = 5
/** Its own call through the database comes back within this time where the listener hears anything. */
const HEARS_MS = 5_000

type Look = { closed: boolean; epoch: string; backup: Heart['backup'] }

export type Writes = 'ok' | 'read-only' | 'full'

/** Whether this node is in touch with the database: it reads, it hears notifications, it can write. */
export class Heart {
  writes: Writes = 'ok'
  /** The newest backup that was made by itself, and what the last try failed of; null where none ever was. */
  backup: { at: string | null; fault: string | null } | null = null
  #db: Database
  #epoch: string
  #onEpoch: (epoch: string) => void
  #node = randomUUID()
  #freshAt = performance.now()
  #beats = 0
  #beating = false
  /** Since when it waits for its own call; null where it does not. */
  #calledAt: number | null = null

  /** `onEpoch`: a backup was restored under us, and nothing that was read before counts any more. */
  constructor(db: Database, epoch: string, onEpoch: (epoch: string) => void) {
    this.#db = db
    this.#epoch = epoch
    this.#onEpoch = onEpoch
  }

  /** One at a time: a database that does not answer is not asked ever more. */
  async beat(): Promise<void> {
    if (this.#beating) return
    this.#beating = true
    await this.#look().catch(() => {})
    this.#beating = false
  }

  /** It reads what is there now. */
  readsFresh = (): boolean => performance.now() - this.#freshAt < FRESH_MS

  /** It hears what others say. */
  hears = (): boolean => this.#calledAt === null || performance.now() - this.#calledAt < HEARS_MS

  hear(node: string): void {
    if (node === this.#node) this.#calledAt = null
  }

  /** What a request ran into. */
  notice(error: unknown): void {
    if (fromDatabase(error)?.code === 'database-full') this.writes = 'full'
  }

  async #look(): Promise<void> {
    const asked = performance.now()
    const [{ closed, epoch, backup }] = await this.#db.execute<Look>(
      sql`select pg_is_in_recovery() or current_setting('transaction_read_only')::bool as closed, epoch,
            case when coalesce(backed_up_at::text, backup_fault) is not null
              then jsonb_build_object('at', backed_up_at, 'fault', backup_fault) end as backup
          from installations`,
    )
    this.backup = backup
    this.#freshAt = asked
    if (epoch !== this.#epoch) this.#onEpoch((this.#epoch = epoch))
    this.#beats += 1
    if (closed) this.writes = 'read-only'
    else if (this.writes !== 'ok') await this.#tryToWrite()
    if (this.#beats % CALL_BEATS === 0) await this.#call()
  }

  /** What was refused is tried again without any effect, until it works. */
  async #tryToWrite(): Promise<void> {
    await this.#db.execute(sql`update installations set epoch = epoch`)
    this.writes = 'ok'
  }

  /** A listener that lost its connection without a word is given another one: then all is asked again. */
  async #call(): Promise<void> {
    if (!this.hears()) this.#db.$lines.endSilent(HEARS_MS)
    this.#calledAt ??= performance.now()
    await this.#db.execute(sql`select pg_notify('node', ${this.#node})`).catch((error: unknown) => {
      this.#calledAt = null
      throw error
    })
  }
}
