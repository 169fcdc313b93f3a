import { afterEach, expect, test } from 'vitest'
import { startSolverPool, type PoolSize, type SolverPool } from '../../../server/jobs/solver-pool.ts'
import { until } from '../../support/client.ts'
import { generateCamp } from '../../solver/generate.ts'

const small = JSON.stringify(generateCamp(1, { projects: 8, hosts: 10, tables: 2 }))
/** Minutes of work for a linear program. */
const endless = JSON.stringify(generateCamp(1, { projects: 120, hosts: 120, tables: 20, wishes: [40, 40] }))
const LONG = { programmeId: 'a', limitMs: 60_000 }

let pool: SolverPool
afterEach(() => pool.close())
const open = (size: Partial<PoolSize> = {}) =>
  (pool = startSolverPool({ threads: 2, waiting: 4, waitingEach: 3, ...size }))

type Options = { programmeId?: string; limitMs?: number; signal?: AbortSignal }
const price = async (instance: string, extra: number, options: Options = {}) => {
  const prepare = async () => ({
    ...{ question: { type: 'price' as const, instance, extra, engine: 'lp' as const }, context: null },
  })
  const { answer } = await pool.ask({ key: `${instance.length} ${extra}`, prepare, ...LONG, ...options })
  return answer
}

test('answers with as many threads as it may have and no more, and refuses what would wait too long', async () => {
  open()
  expect(pool.counts()).toEqual({ threads: 0, waiting: 0 })
  const asked = [1, 2, 3, 4, 5, 6].map((extra) => price(small, extra))
  expect(pool.counts()).toEqual({ threads: 2, waiting: 3 })
  await expect(asked[5]).rejects.toThrow('solver-busy')
  // Another programme is not kept out by one that asks for much, until there is no room for anybody.
  const other = price(small, 7, { programmeId: 'b' })
  await expect(price(small, 8, { programmeId: 'c' })).rejects.toThrow('solver-busy')
  const answers = await Promise.all([...asked.slice(0, 5), other])
  expect(answers.map((answer) => answer?.type)).toEqual(Array(6).fill('price'))
  expect(pool.counts()).toEqual({ threads: 2, waiting: 0 })
})

test('what is asked again while it waits is one question, read when its turn has come', async () => {
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
  const contexts = (await Promise.all(asked)).map(({ context }) => context)
  // The first has begun at once: it cannot know what has changed since for the others.
  expect(contexts).toEqual([1, 2, 2, 2, 2, 2, 2, 2])
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
