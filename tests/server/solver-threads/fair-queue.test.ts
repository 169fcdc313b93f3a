import { expect, test } from 'vitest'
import { FairQueue } from '../../../server/solver-threads/fair-queue.ts'

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

test('it has room for whom nothing waits yet, up to twice as much', () => {
  const queue = new FairQueue<string>(3, 3)
  for (const item of ['a1', 'a2', 'b1']) queue.add(item[0], item)
  for (const group of ['c', 'd', 'e']) {
    expect([queue.isFull('a'), queue.isFull(group)]).toEqual([true, false])
    queue.add(group, group)
    expect(queue.isFull(group)).toBe(true)
  }
  expect(queue.isFull('f')).toBe(true)
})

test('what is urgent goes before the rest of its group, and no other group', () => {
  const queue = new FairQueue<string>(10, 10)
  for (const item of ['a1', 'a2', 'b1']) queue.add(item[0], item)
  for (const item of ['a3!', 'a4!']) queue.add('a', item, true)
  expect(drained(queue)).toEqual(['a3!', 'b1', 'a4!', 'a1', 'a2'])
})

test('a group that yields lets the others go first, and has its turn where there is nobody else', () => {
  const queue = new FairQueue<string>(10, 10)
  for (const item of ['a1', 'b1', 'a2']) queue.add(item[0], item)
  const yields = (group: string) => group === 'a'
  expect([queue.next(yields), queue.next(yields), queue.next(yields)]).toEqual(['b1', 'a1', 'a2'])
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
