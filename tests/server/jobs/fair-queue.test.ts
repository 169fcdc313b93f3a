import { expect, test } from 'vitest'
import { FairQueue } from '../../../server/jobs/fair-queue.ts'

const drained = (queue: FairQueue<string>) => {
  const all: string[] = []
  for (let item = queue.next(); item !== undefined; item = queue.next()) all.push(item)
  return all
}

test('each group has its turn, however much one of them asks for', () => {
  const queue = new FairQueue<string>(10, 10)
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.add(item[0], item)
  expect(drained(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  expect(queue.size).toBe(0)
})

test('it is full in all, and for a group of its own', () => {
  const queue = new FairQueue<string>(3, 2)
  for (const item of ['a1', 'a2']) queue.add('a', item)
  expect([queue.isFull('a'), queue.isFull('b')]).toEqual([true, false])
  queue.add('b', 'b1')
  expect([queue.isFull('a'), queue.isFull('b')]).toEqual([true, true])
  queue.next()
  expect([queue.isFull('a'), queue.isFull('b')]).toEqual([false, false])
})

test('what is taken away has no turn', () => {
  const queue = new FairQueue<string>(10, 10)
  for (const item of ['a1', 'a2', 'b1']) queue.add(item[0], item)
  expect([queue.remove('a', 'a1'), queue.remove('a', 'a1'), queue.remove('c', 'c1')]).toEqual([
    true,
    false,
    false,
  ])
  expect(drained(queue)).toEqual(['a2', 'b1'])
})
