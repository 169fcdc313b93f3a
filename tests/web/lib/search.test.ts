import { expect, test } from 'vitest'
import { seek } from '../../../web/lib/search.ts'

/** People are found as one hears them, from every page alike. */
const everybody = [
  'D’Angiò Niccolò, Fondazione Esempio Dora',
  'Łukasz Esempio, Straße Esempio Srl',
  'Maria Rossi Esempio, Cooperativa Esempio Aule Aperte, A3AC133B79',
  "Sören L'Esempio, info@dora.example",
]
const found = (typed: string) => everybody.filter((one) => seek(typed)!(one.split(', ')))
const [dangio, lukasz, maria, soren] = everybody

test.each([
  ['dangio', [dangio]],
  ['D’Angiò', [dangio]],
  ["d'angio", [dangio]],
  ['angio', [dangio]],
  ['Lukasz', [lukasz]],
  ['łuk', [lukasz]],
  ['strasse', [lukasz]],
  ['rossi maria', [maria]],
  ['Maria Ros', [maria]],
  ['nicolo', []],
  ['niccolo', [dangio]],
  ['aule maria', [maria]],
  ['a3ac', [maria]],
  ['info@dora', [soren]],
  ['soren', [soren]],
  ['lesempio', [soren]],
  ['dora', [dangio, soren]],
  ['esempio', everybody],
  ['maria dora', []],
])('%j', (typed, people) => expect(found(typed)).toEqual(people))

test.each(['', '  ', '’', '–'])('nothing is sought by %j', (typed) => expect(seek(typed)).toBeNull())
