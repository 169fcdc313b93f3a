import type { Actor, Credentials } from '../../actor.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Opened } from '../../view.ts'
import { batches, isClogged, send, sendText, type Asking, type Follower } from './follower.ts'
import { packed } from '../../packing.ts'
import { readSnapshot } from './reading.ts'
import { changedJson, inWords, wholeJson, type Words } from './words.ts'

export type LiveServices = {
  db: Database
  epoch: string
  actorsOf(reader: Reader, credentials: Credentials[]): Promise<Actor[]>
}

/** Brings the followers of a batch up to now. The right to see, what is seen and its number are of one moment. */
export async function serve(services: LiveServices, batch: Follower[]): Promise<void> {
  const { db, epoch } = services
  await readSnapshot(db, batch[0].programmeId, async (tx, { seq, at }) => {
    const [allowed, read] = await seen(services, tx, batch)
    const numbers = `"epoch":${JSON.stringify(epoch)},"seq":${seq},"at":${JSON.stringify(at)}`
    const pause = breather()
    for (const [key, group] of Map.groupBy(allowed, ({ key }) => key)) {
      const data = read.get(key)
      if (data) sendState(group, { seq, numbers, data })
      else for (const follower of group) dismiss(follower, notFound().code)
      await pause()
    }
  })
}

/** Lets others have their turn now and then during long work. */
function breather() {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < 4) return
    await new Promise(setImmediate)
    since = performance.now()
  }
}

/** Who may see, and what. What everybody has one of is read meanwhile: it hangs on nobody's rights. */
async function seen(services: LiveServices, tx: Transaction, batch: Follower[]) {
  if (batch[0].view.many) return Promise.all([reopen(services, tx, batch), readAll(tx, batch)])
  const allowed = await reopen(services, tx, batch)
  return [allowed, await readAll(tx, allowed)] as const
}

async function readAll(reader: Reader, followers: Follower[]): Promise<Map<string | null, object>> {
  if (followers.length === 0) return new Map()
  const [{ view, actor, eventId, key }] = followers
  const keys = [...new Set(followers.map((follower) => follower.key ?? ''))]
  if (view.many) return view.many.read(reader, eventId, keys)
  return new Map([[key, await view.read(reader, actor, eventId, key)]])
}

type State = { seq: number; numbers: string; data: object }

/** Agendas are small and everybody has another one: sent whole. Boards are big: only what differs on each page. */
function sendState(group: Follower[], { seq, numbers, data }: State): void {
  const words = group[0].view.many ? null : inWords(data)
  const behind = group.filter((follower) => follower.seq === null || follower.seq < seq)
  for (const follower of group) follower.stale = false
  for (const [held, alike] of Map.groupBy(behind, ({ held }) => held)) {
    const changed = held && words && changedJson(held, words)
    if (changed) sendAlike(alike, seq, `${numbers},"data":null,"changed":${changed}}`)
    else
      for (const [packs, some] of Map.groupBy(alike, ({ packs }) => packs))
        sendAlike(some, seq, `${numbers},${packs ? packedJson(data) : plainJson(data, words)}}`)
    for (const follower of alike) follower.held = words
  }
}

const packedJson = (data: object) => JSON.stringify(packed(data)).slice(1, -1)
const plainJson = (data: object, words: Words | null) =>
  `"data":${words ? wholeJson(words) : JSON.stringify(data)}`

/** Put into bytes once for all who are equally far, so that they are in memory once however many read slowly. */
function sendAlike(alike: Follower[], seq: number, rest: string): void {
  for (const [prev, equal] of Map.groupBy(alike, ({ seq }) => seq)) {
    const type = prev === null ? 'snapshot' : 'change'
    const text = Buffer.from(`{"type":"${type}","prev":${prev},${rest}`)
    for (const follower of equal) {
      follower.seq = seq
      sendText(follower, text)
    }
  }
}

/** An empty frame: nothing for this page, but the feed is alive and this far. */
export function advance({ epoch }: LiveServices, follower: Follower, seq: number, at: string): void {
  const prev = follower.seq
  if (prev === null || follower.stale || isClogged(follower)) return
  follower.seq = Math.max(prev, seq)
  send(follower, { type: 'change', epoch, prev, seq: follower.seq, at, data: null })
}

/** Asks again whether followers of one batch may see it, and ends those who may not; answers the others. */
export async function reopen(services: LiveServices, reader: Reader, batch: Follower[]): Promise<Follower[]> {
  const actors = await services.actorsOf(
    reader,
    batch.map(({ credentials }) => credentials),
  )
  batch.forEach((follower, index) => (follower.actor = actors[index]))
  const answers = await openAll(reader, batch)
  return batch.filter((follower, index) => {
    const opened = answers[index]
    if (opened instanceof DomainError) dismiss(follower, opened.code)
    else follower.topics = new Set(opened.topics)
    return !(opened instanceof DomainError)
  })
}

/** Whether each of them may see what it asks for; one query for those who ask for the same. */
export async function openEach(reader: Reader, asking: Asking[]): Promise<(Opened | DomainError)[]> {
  const answers = new Map<Asking, Opened | DomainError>()
  const open = async (batch: Asking[]) => {
    const opened = await openAll(reader, batch)
    batch.forEach((one, index) => answers.set(one, opened[index]))
  }
  await Promise.all(batches(asking).map(open))
  return asking.map((one) => answers.get(one) as Opened | DomainError)
}

async function openAll(reader: Reader, batch: Asking[]): Promise<(Opened | DomainError)[]> {
  const [{ view, eventId }] = batch
  if (view.many) return view.many.open(reader, eventId, batch)
  const answers = new Map<string, Opened | DomainError>()
  for (const { actor, key } of batch) {
    const same = JSON.stringify(actor)
    if (answers.has(same)) continue
    answers.set(same, await view.open(reader, actor, eventId, key).catch(refusalOf))
  }
  return batch.map(({ actor }) => answers.get(JSON.stringify(actor)) as Opened | DomainError)
}

function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  throw error
}

function dismiss(follower: Follower, code: string): void {
  follower.stale = false
  send(follower, { type: 'bye', code })
  follower.socket.close(4000, code)
}
