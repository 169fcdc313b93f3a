import { describe, expect, test } from 'vitest'
import { emptyPlaces, meetingsAt, placesOf } from '../../../solver/model/assignment.ts'
import { meetings, tiny } from '../tiny.ts'

describe('a schedule by index', () => {
  test('is read and written', () => {
    const list = meetings('c12 s3 t2', 'c21 s1 t1')
    const places = placesOf(tiny(), list)
    expect(places).toEqual({ slots: Int32Array.of(-1, 2, 0, -1), tables: Int32Array.of(-1, 1, 0, -1) })
    expect(meetingsAt(tiny(), places)).toEqual(list)
    const counted = tiny({ tables: 2 })
    const bare = meetings('c12 s3')
    expect(placesOf(counted, bare)).toEqual({
      slots: Int32Array.of(-1, 2, -1, -1),
      tables: Int32Array.of(-1, -1, -1, -1),
    })
    expect(meetingsAt(counted, placesOf(counted, bare))).toEqual(bare)
    expect(emptyPlaces(2)).toEqual({ slots: Int32Array.of(-1, -1), tables: Int32Array.of(-1, -1) })
  })
})
