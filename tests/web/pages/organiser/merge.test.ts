import { describe, expect, test } from 'vitest'
import { keyed, listed, mergeForms, withField, type Keyed } from '../../../../web/pages/organiser/merge.ts'

type Member = { id: string; name: string; phone: string }
const member = (id: string, part: Partial<Member> = {}): Member => ({ id, name: id, phone: '', ...part })
const form = (name: string, ...team: Member[]) => ({ name, team: keyed(team) })
const teamOf = ({ team }: { team: Keyed<Member> }) => listed(team)

const [a, b, c] = ['a', 'b', 'c'].map((id) => member(id))
const opened = form('Orto', a!, b!, c!)

test('what only one of two changed is as that one left it', () => {
  const mine = form('Orto nuovo', member('a', { phone: '1' }), b!, c!)
  const theirs = form('Orto', member('a', { name: 'Anna' }), b!, c!)
  const { value, conflicts } = mergeForms(opened, mine, theirs)
  expect(conflicts).toEqual([])
  expect(value).toEqual(form('Orto nuovo', member('a', { name: 'Anna', phone: '1' }), b!, c!))
})

test('a field that both changed is in conflict, unless both wrote the same', () => {
  const { value, conflicts } = mergeForms(
    opened,
    form('Mio', member('a', { phone: '1' }), b!, c!),
    form('Suo', member('a', { phone: '1' }), b!, c!),
  )
  expect(conflicts).toEqual([{ path: ['name'], was: 'Orto', mine: 'Mio', theirs: 'Suo' }])
  expect(value.name).toBe('Mio')
  expect(withField(value, ['name'], 'Suo')).toEqual(form('Suo', member('a', { phone: '1' }), b!, c!))
})

describe('of a list', () => {
  test('whom one added and whom the other added both stay, and who was taken out goes', () => {
    const mine = form('Orto', a!, c!, member('mine'))
    const theirs = form('Orto', b!, c!, member('theirs'))
    const { value, conflicts } = mergeForms(opened, mine, theirs)
    expect(conflicts).toEqual([])
    expect(teamOf(value).map(({ id }) => id)).toEqual(['c', 'theirs', 'mine'])
  })

  test('who was taken out by one and changed by the other is in conflict, whoever did which', () => {
    const without = form('Orto', b!, c!)
    const changed = form('Orto', member('a', { phone: '1' }), b!, c!)
    for (const [mine, theirs] of [[without, changed] as const, [changed, without] as const]) {
      const { value, conflicts } = mergeForms(opened, mine, theirs)
      const path = ['team', 'of', 'a']
      expect(conflicts).toEqual([{ path, was: a, mine: mine.team.of.a, theirs: theirs.team.of.a }])
      expect(teamOf(value)).toEqual(mine === without ? [b, c] : teamOf(changed))
      const taken = withField(value, path, theirs.team.of.a) as typeof opened
      expect(
        teamOf(taken)
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(teamOf(theirs).map(({ id }) => id))
    }
  })

  test('the order is of whoever changed it, and in conflict where both did', () => {
    const [first, second] = [form('Orto', b!, a!, c!), form('Orto', c!, a!, b!)]
    expect(teamOf(mergeForms(opened, first, opened).value)).toEqual([b, a, c])
    expect(teamOf(mergeForms(opened, opened, second).value)).toEqual([c, a, b])
    expect(mergeForms(opened, form('Orto', b!, a!, c!, member('d')), second).conflicts).toEqual([
      {
        path: ['team', 'order'],
        was: ['a', 'b', 'c'],
        mine: ['b', 'a', 'c', 'd'],
        theirs: ['c', 'd', 'a', 'b'],
      },
    ])
  })
})
