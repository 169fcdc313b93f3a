import type { SatEngine } from '../engines/sat.ts'

/** A rule that could be left out by itself: one of `PREMISES`, or that a meeting must be held. */
export type Rule =
  | { kind: 'held' | 'after'; candidate: number }
  | { kind: 'ownTables' | 'maxMeetings' | 'maxConsecutive' | 'limits'; participant: number }
  | { kind: 'quotas'; quota: number }
  | { kind: 'tables' | 'maxBreakSpread' }

/** Hands out the engine that takes the clauses of rules; they hold as long as all of these do. */
export type Under = (...rules: Rule[]) => SatEngine

/** Rules whose clauses hold under an assumption each, so that the engine can say which of them it used. */
export class Premises {
  /** Each rule by its assumption. */
  readonly rules = new Map<number, Rule>()
  private readonly literals = new Map<string, number>()
  private readonly sat: SatEngine

  constructor(sat: SatEngine) {
    this.sat = sat
  }

  readonly under: Under = (...rules) => {
    const guards = rules.map((rule) => -this.literalOf(rule))
    return { ...this.sat, addClause: (literals) => this.sat.addClause([...guards, ...literals]) }
  }

  private literalOf(rule: Rule): number {
    const key = Object.values(rule).join(' ')
    const known = this.literals.get(key) ?? this.sat.newVariable()
    this.literals.set(key, known)
    this.rules.set(known, rule)
    return known
  }
}
