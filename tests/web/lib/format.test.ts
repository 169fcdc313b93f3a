import '../../support/device.ts'
import { expect, test } from 'vitest'
import { elided, hoursAndMinutes } from '../../../web/lib/format.ts'

test.each([
  ['Si risponde entro il 11 nov 2026', 'Si risponde entro l’11 nov 2026'],
  ['Accesso del 8 nov', 'Accesso dell’8 nov'],
  ['Manca il 80 %', 'Manca l’80 %'],
  ['Il 8 novembre', 'L’8 novembre'],
  ['il 110 %, il 18, il 1 nov', 'il 110 %, il 18, il 1 nov'],
])('%s is said as %s', (written, said) => expect(elided(written)).toBe(said))

test('a long pause is told in hours and minutes', () => {
  expect([435, 60, 45].map(hoursAndMinutes)).toEqual(['7 hours and 15 minutes', '1 hour', '45 minutes'])
})
