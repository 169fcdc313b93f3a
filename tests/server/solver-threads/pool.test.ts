import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { log } from '../../../server/log.ts'
import { startWorker } from '../../../server/solver-threads/answering-thread.ts'
import { startSolverPool, type PoolSize, type SolverPool } from '../../../server/solver-threads/pool.ts'
import { until } from '../../support/client.ts'
import { generateCamp } from '../../solver/generate.ts'

const small = JSON.stringify(generateCamp(1, { projects: 8, hosts: 10, tables: 2 }))
/** Minutes of work for a linear program. */
const endless = JSON.stringify(generateCamp(1, { projects: 160, hosts: 160, tables: 20, wishes: [40, 40] }))
const LONG = { programmeId: 'a', limitMs: 60_000 }

let pool: SolverPool
afterEach(() => pool.close())
const open = (size: Partial<PoolSize> = {}, start?: () => Worker) =>
  (pool = startSolverPool({ threads: 2, waiting: 4, waitingEach: 3, ...size }, start))
/** A thread that does this instead of answering. */
const thread = (code: string) => () =>
  new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, { eval: true })
/** One after the other, then the real ones. */
const inTurn = (...starts: (() => Worker)[]) => {
  const left = [...starts]
  return () => (left.shift() ?? startWorker)()
}
const DIES = thread(`parentPort.on('message', () => process.exit(7))`)

type Options = { programmeId?: string; isUrgent?: boolean; limitMs?: number; signal?: AbortSignal }
const price = async (instance: string, extra: number, options: Options = {}) => {
  const prepare = async () => ({
    ...{ question: { type: 'price' as const, instance, extra, engine: 'lp' as const }, context: null },
  })
  const answered = await pool.ask({ key: `${instance.length} ${extra}`, prepare, ...LONG, ...options })
  return answered?.answer ?? null
}

test('answers with as many threads as it may have and no more, and refuses what would wait too long', async () => {
  open()
  expect(pool.counts()).toEqual({ threads: 0, waiting: 0 })
  const asked = [1, 2, 3, 4, 5, 6].map((extra) => price(small, extra))
  expect(pool.counts()).toEqual({ threads: 2, waiting: 3 })
  await expect(asked[5]).rejects.toThrow('solver-busy')
  // Another programme is not kept out by one that asks for much, until there is no room for anybody.
  const others = ['b', 'c', 'd', 'e', 'f'].map((programmeId, at) => price(small, 7 + at, { programmeId }))
  await expect(price(small, 12, { programmeId: 'b' })).rejects.toThrow('solver-busy')
  await expect(price(small, 13, { programmeId: 'g' })).rejects.toThrow('solver-busy')
  const answers = await Promise.all([...asked.slice(0, 5), ...others])
  expect(answers.map((answer) => answer?.type)).toEqual(Array(10).fill('price'))
  expect(pool.counts()).toEqual({ threads: 2, waiting: 0 })
})

test('a crowd looks up a few at a time what it asks about, and some may not', async () => {
  open()
  let [inside, most] = [0, 0]
  const find = async (nth: number) => {
    most = Math.max(most, (inside += 1))
    await sleep(1)
    inside -= 1
    if (nth % 3 === 0) throw new Error('may not')
    return nth
  }
  const asked = Array.from({ length: 40 }, (_, nth) =>
    pool.lookUp(() => find(nth)).catch(({ message }: Error) => message),
  )
  expect(await Promise.all(asked)).toEqual(asked.map((_, nth) => (nth % 3 === 0 ? 'may not' : nth)))
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThan(8)
})

test('while a crowd looks up what it asks about, others have their turn', async () => {
  open()
  let turn = 0
  const next = () => void ((turn += 1) < 1000 && setImmediate(next))
  next()
  const turns = await Promise.all(Array.from({ length: 40 }, () => pool.lookUp(async () => turn)))
  expect(new Set(turns).size).toBeGreaterThan(5)
})

test('what is asked again until it is answered is one question, read when its turn has come', async () => {
  open({ threads: 1 })
  let read = 0
  const prepare = async () => {
    read += 1
    return {
      question: { type: 'price' as const, instance: small, extra: 1, engine: 'lp' as const },
      context: read,
    }
  }
  const asked = Array.from({ length: 8 }, () => pool.ask({ key: 'one', prepare, ...LONG }))
  expect(read).toBe(1)
  const contexts = async (all: typeof asked) => (await Promise.all(all)).map((one) => one?.context)
  expect(await contexts(asked)).toEqual(Array(8).fill(1))
  expect(await contexts([pool.ask({ key: 'one', prepare, ...LONG })])).toEqual([2])
})

test('one programme leaves a thread to the others, and its own urgent question goes first', async () => {
  open({ waiting: 10, waitingEach: 10 })
  const order: string[] = []
  const ask = (extra: number, options: Options) =>
    price(small, extra, options).then(() => order.push(`${options.programmeId}${extra}`))
  const slow = [
    price(endless, 1, { limitMs: 4_000 }),
    price(endless, 2, { programmeId: 'b', limitMs: 1_000 }),
  ]
  // Each has one thread; the next that is free is not for a programme that has one still.
  const asked = [ask(1, { programmeId: 'a' }), ask(2, { programmeId: 'b' }), ask(3, { programmeId: 'b' })]
  asked.push(ask(4, { programmeId: 'b', isUrgent: true }))
  await Promise.all([...slow, ...asked])
  expect(order).toEqual(['b4', 'b2', 'b3', 'a1'])
})

test('refuses what has waited too long', async () => {
  open({ threads: 1, waitMs: 300 })
  const slow = price(endless, 1, { limitMs: 2_000 })
  await expect(price(small, 1)).rejects.toThrow('solver-busy')
  expect(pool.counts().waiting).toBe(0)
  expect(await slow).toBe(null)
  // Another thread has to start first, which may take longer than it may wait.
  const answer = await until('another thread', () => price(small, 1).catch(() => null))
  expect(answer).toMatchObject({ type: 'price' })
})

test('what nobody waits for any more is worked on no more, and asked again it is answered', async () => {
  open({ threads: 1 })
  const [one, other] = [new AbortController(), new AbortController()]
  const asked = [one, other].map(({ signal }) => price(endless, 1, { signal }))
  const next = price(small, 1)
  one.abort()
  await expect(asked[0]).rejects.toThrow('solver-busy')
  await sleep(300)
  expect(pool.counts()).toEqual({ threads: 1, waiting: 1 })
  other.abort()
  await expect(asked[1]).rejects.toThrow('solver-busy')
  const again = price(endless, 1, { limitMs: 1_000 })
  // Long before the minute that the first was given.
  expect(await next).toMatchObject({ type: 'price' })
  expect(await again).toBe(null)
})

test('who reads a question for too long keeps no thread', async () => {
  open({ threads: 1 })
  const prepare = () => new Promise<never>(() => {})
  expect(await pool.ask({ key: 'stuck', prepare, ...LONG, limitMs: 200 })).toBe(null)
  expect(await price(small, 1)).toMatchObject({ type: 'price' })
})

test('a thread that cannot be started costs its question and no other', async () => {
  const fails = () => {
    throw new Error('no room for a thread')
  }
  open({ threads: 1 }, inTurn(fails))
  await expect(price(small, 1)).rejects.toThrow('no room for a thread')
  expect(await price(small, 1)).toMatchObject({ type: 'price' })
})

test('a thread that dies is said and replaced: at its work, while a question is read, with nothing to do', async () => {
  const told = vi.spyOn(log, 'error').mockReturnValue(undefined)
  const diesSoon = thread('setTimeout(() => process.exit(7), 300)')
  const answersThenDies = thread(`parentPort.on('message', () => {
    parentPort.postMessage({ type: 'price' })
    setTimeout(() => { throw new Error('idle') }, 100)
  })`)
  open({ threads: 1 }, inTurn(DIES, diesSoon, answersThenDies))
  await expect(price(small, 1)).rejects.toThrow('ended with 7')
  const prepare = () => new Promise<never>(() => {})
  await expect(pool.ask({ key: 'read', prepare, ...LONG })).rejects.toThrow('ended with 7')
  expect(await price(small, 1)).toEqual({ type: 'price' })
  await until('its death', () => pool.counts().threads === 0)
  expect(await price(small, 1)).toMatchObject({ type: 'price', price: {} })
  expect(
    told.mock.calls.map(([said]) => /ended with 7|idle/.exec(String((said as { err: Error }).err))?.[0]),
  ).toEqual([...['ended with 7', 'ended with 7', 'idle']])
  told.mockRestore()
})

test('a thread with a fault that is not the file’s answers nothing more', async () => {
  const broken = thread(`parentPort.on('message', () =>
    parentPort.postMessage({ type: 'error', message: 'memory access out of bounds', errors: [] }))`)
  open({ threads: 1 }, inTurn(broken))
  await expect(price(small, 1)).rejects.toThrow('out of bounds')
  expect(await price(small, 1)).toMatchObject({ type: 'price', price: {} })
})

test('what cannot be read is refused for that reason, and costs no thread', async () => {
  open({ threads: 1 })
  const prepare = () => Promise.reject(new Error('nothing there'))
  await expect(pool.ask({ key: 'none', prepare, ...LONG })).rejects.toThrow('nothing there')
  expect(await price(small, 1)).toMatchObject({ type: 'price' })
  expect(pool.counts()).toEqual({ threads: 1, waiting: 0 })
})

test('ends a thread that takes too long and goes on with another one', async () => {
  open({ threads: 1 })
  const [slow, next] = [price(endless, 1, { limitMs: 1_500 }), price(small, 1)]
  expect(await slow).toBe(null)
  expect(await next).toMatchObject({ type: 'price' })
  expect(pool.counts()).toEqual({ threads: 1, waiting: 0 })
})

test('forgets what nobody waits for any more', async () => {
  open({ threads: 1 })
  const slow = price(endless, 1, { limitMs: 3_000 })
  const [one, other] = [new AbortController(), new AbortController()]
  const asked = [one, other].map(({ signal }) => price(small, 1, { signal }))
  expect(pool.counts().waiting).toBe(1)
  one.abort()
  await expect(asked[0]).rejects.toThrow('solver-busy')
  expect(pool.counts().waiting).toBe(1)
  other.abort()
  await expect(asked[1]).rejects.toThrow('solver-busy')
  expect(pool.counts().waiting).toBe(0)
  expect(await slow).toBe(null)
})

test('says what was wrong with a question, and answers the next one', async () => {
  open({ threads: 1 })
  await expect(price('{}', 1)).rejects.toThrow('/slots')
  expect(await price(small, 1)).toMatchObject({ type: 'price' })
})

test('leaves nothing behind when it is closed', async () => {
  open({ threads: 1 })
  const asked = [price(endless, 1), price(endless, 2)]
  const waited = Promise.allSettled(asked)
  await pool.close()
  expect((await waited).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  await until('the end of its thread', () => pool.counts().threads === 0)
  await expect(price(small, 1)).rejects.toThrow('solver-busy')
})
