import { beforeEach, describe, expect, test } from 'vitest'
import { clearDevice, device } from '../../support/device.ts'
import { ApiError } from '../../../web/lib/api.ts'
import { isAhead, OutboxStore, type StoredWrite, type OutboxWrite } from '../../../web/lib/outbox-store.ts'
import { outcomeOf } from '../../../web/lib/write-outcome.ts'

beforeEach(clearDevice)

const write = (key: string, about = 'Arrivo di Anna'): OutboxWrite => ({
  key,
  userId: 'anna',
  method: 'PUT',
  path: `/api/v1/participants/${key}/attendance`,
  body: { attendance: 'present' },
  about,
})
const keys = (store: OutboxStore) => store.list().map(({ key }) => key)

describe('writes that wait', () => {
  test('are found in the order in which they were made, by a page opened later too', () => {
    const store = new OutboxStore()
    for (const key of ['c', 'a', 'b']) store.add(write(key))
    expect([keys(store), keys(new OutboxStore())]).toEqual([
      ['c', 'a', 'b'],
      ['c', 'a', 'b'],
    ])
  })

  test('of two tabs are never lost to each other', () => {
    const [one, other] = [new OutboxStore(), new OutboxStore()]
    one.add(write('a'))
    other.add(write('b'))
    one.remove(write('a'))
    expect(keys(other)).toEqual(['b'])
  })

  test('stay without names once somebody has signed out, and what was refused goes', () => {
    const store = new OutboxStore()
    store.add(write('a'))
    store.add(write('b'))
    store.refuse(store.list()[1]!, 'Le risposte sono chiuse.')
    store.withoutNames()
    expect(store.list()).toEqual([{ ...write('a', ''), order: 1 }])
  })

  test('of somebody who signed out go, and nobody else’s', () => {
    const store = new OutboxStore()
    store.add(write('a'))
    store.add({ ...write('b'), userId: 'bruno' })
    store.removeOf('anna')
    expect(keys(store)).toEqual(['b'])
  })

  test('are known as accepted in every tab, without names, and not for ever', () => {
    const [one, other] = [new OutboxStore(), new OutboxStore()]
    for (let n = 0; n < 101; n++) one.add(write(`${n}`))
    for (const [seq, stored] of one.list().entries()) one.accept(stored, { epoch: 'a', seq })
    const known = other.list()
    expect(known.map(({ key, about }) => key + about)).toEqual(
      Array.from({ length: 100 }, (_, n) => `${n + 1}`),
    )
    expect(known.at(-1)?.accepted).toEqual({ epoch: 'a', seq: 100 })
    one.withoutNames()
    expect(other.list()).toEqual([])
  })

  test('stand once where the device has no room for more', () => {
    const store = new OutboxStore()
    store.add(write('a'))
    const setItem = device.setItem
    const full = () => {
      throw new Error('QuotaExceededError')
    }
    Object.defineProperty(device, 'setItem', { value: full, configurable: true, enumerable: false })
    const [stored] = store.list()
    store.accept(stored!, { epoch: 'a', seq: 7 })
    expect(store.list().map(({ key, accepted }) => [key, accepted?.seq])).toEqual([['a', 7]])
    store.add(write('b'))
    Object.defineProperty(device, 'setItem', { value: setItem, configurable: true, enumerable: false })
    store.accept(store.list()[1]!, { epoch: 'a', seq: 8 })
    expect(store.list().map(({ key, accepted }) => [key, accepted?.seq])).toEqual([
      ['a', 7],
      ['b', 8],
    ])
  })

  test('survive what is not readable', () => {
    device['write broken'] = '{'
    const store = new OutboxStore()
    store.add(write('a'))
    expect(keys(store)).toEqual(['a'])
  })
})

describe('a write that failed', () => {
  const failure = (status: number, code = '') =>
    new ApiError({ status, code, title: 'Le risposte sono chiuse.', detail: '', errors: [], body: null })

  test.each([0, 408, 425, 429, 500, 502, 503])('is sent again later after %i', (status) => {
    expect(outcomeOf(failure(status))).toBe('later')
  })

  test('is sent again while the first sending of it is still at work', () => {
    expect(outcomeOf(failure(409, 'request-in-progress'))).toBe('later')
  })

  test('waits for its author where nobody, or not enough of somebody, is signed in', () => {
    expect([outcomeOf(failure(401)), outcomeOf(failure(403, 'passkey-needed'))]).toEqual([
      'signed-out',
      'signed-out',
    ])
  })

  test.each([400, 403, 404, 409, 412, 422])('is given up with its reason after %i', (status) => {
    expect(outcomeOf(failure(status))).toEqual({ refused: 'Le risposte sono chiuse.' })
  })
})

describe('an accepted write', () => {
  const accepted = (epoch: string | null, seq: number): StoredWrite => ({
    ...write('a'),
    ...{ order: 1, accepted: { epoch, seq } },
  })

  test('is ahead of a page until that shows its change', () => {
    const shown = [null, 6, 7, 8].map((seq) => ({ epoch: 'a', seq }))
    expect(shown.map((one) => isAhead(accepted('a', 7), one))).toEqual([true, true, false, false])
    expect(isAhead(accepted(null, 7), shown[1])).toBe(true)
  })

  test('of a service that has been restored since is ahead of nothing', () => {
    expect(isAhead(accepted('a', 7), { epoch: 'b', seq: 3 })).toBe(false)
  })

  test('is none while it waits', () => {
    expect(isAhead({ ...write('a'), order: 1 }, { epoch: 'a', seq: 3 })).toBe(false)
  })
})
