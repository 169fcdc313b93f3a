import { describe, expect, test } from 'vitest'
import { parseInstance } from '../../../solver/index.ts'
import { tinyJson } from '../tiny.ts'

describe('the levels of the objective', () => {
  test('have changes where rules.repair says if there is a base', () => {
    const order = (rules: unknown) => parseInstance(tinyJson({ base: [], rules })).rules.objective
    expect(order({})).toEqual(['shortfall', 'changes', 'value', 'fairness', 'breaks', 'idle', 'tableMoves'])
    expect(order({ repair: 'fewest-losses' }).indexOf('changes')).toBe(2)
    expect(order({ objective: ['value', 'changes'] })).toEqual(['value', 'changes'])
    expect(order({ objective: ['breaks'] })).toEqual(['changes', 'breaks'])
  })

  test('have the moves of those who are seated before all others, if any side is', () => {
    const order = (rules: unknown) => parseInstance(tinyJson({ rules })).rules.objective
    expect(order({ seated: ['host'] }).slice(-3)).toEqual(['idle', 'seatedMoves', 'tableMoves'])
    expect(order({ seated: [] })).not.toContain('seatedMoves')
    expect(order({ seated: ['host'], objective: ['tableMoves'] })).toEqual(['tableMoves'])
    expect(order({ objective: ['seatedMoves'] })).toEqual(['seatedMoves'])
  })

  test('have changes after the guarantee, or after the value too, whichever is last', () => {
    const order = (repair: string, ...objective: string[]) =>
      parseInstance(tinyJson({ base: [], rules: { repair, objective } })).rules.objective.join(' ')
    expect(order('fewest-changes', 'value', 'shortfall', 'breaks')).toBe('value shortfall changes breaks')
    expect(order('fewest-losses', 'shortfall', 'breaks', 'value')).toBe('shortfall breaks value changes')
    expect(order('fewest-losses', 'value', 'idle', 'shortfall')).toBe('value idle shortfall changes')
    expect(order('fewest-losses', 'idle')).toBe('changes idle')
    expect(order('fewest-changes', 'value', 'changes')).toBe('value changes')
  })
})
