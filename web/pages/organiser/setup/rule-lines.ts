import type { EventView } from '../../../../server/schemas/event.ts'
import type { EventRules } from '../../../../server/schemas/rules.ts'
import { number } from '../../../lib/format.ts'
import { m } from '../../../paraglide/messages.js'
import { namesOfAims } from './aims.ts'

/** The rules as they stand in the form: a number that was emptied is none yet. */
type Blank<T> = T extends number ? number | null : T extends object ? { [K in keyof T]: Blank<T[K]> } : T
export type RulesDraft = Blank<EventRules>

/** A rule with one number in it. Off, it says nothing: as `off` it stands in the rules. */
export type RuleLine = {
  path: [kind: keyof EventRules, field?: string]
  sentence: (values: { n: string; meetings: string }) => string
  off: 0 | null
  /** What it starts from when it is switched on. */
  usual: number
  /** What it does, or that it does nothing. */
  effect: (n: number, view: EventView, draft: RulesDraft) => string
}

type Numbers = Record<string, number | null>
export const valueAt = (rules: RulesDraft, [kind, field]: RuleLine['path']) =>
  (field === undefined ? (rules[kind] as number | null) : (rules[kind] as Numbers)[field]) ?? null

export const withValue = (rules: RulesDraft, [kind, field]: RuleLine['path'], value: number | null) => ({
  ...rules,
  [kind]: field === undefined ? value : { ...(rules[kind] as Numbers), [field]: value },
})

const projects = ({ counts }: EventView) => m.rule_of_projects({ count: number(counts.projects) })
const hosts = ({ counts }: EventView) => m.rule_of_hosts({ count: number(counts.hosts) })
const financed = ({ counts }: EventView) => m.rule_of_financed({ count: number(counts.financed) })
const notFinanced = ({ counts }: EventView) =>
  m.rule_of_not_financed({ count: number(counts.projects - counts.financed) })

/** A limit that reaches as far as there are turns leaves everything as it is. */
const upTo =
  (of: (view: EventView) => string, longest: (view: EventView) => number, idle: (most: string) => string) =>
  (n: number, view: EventView) => {
    const most = longest(view)
    return most > 0 && n >= most ? idle(number(most)) : of(view)
  }

const inRow = ({ longest }: EventView) => longest.row
const inDay = ({ longest }: EventView) => longest.day
const inHalf = ({ longest }: EventView) => longest.half
const inAll = ({ slots }: EventView) => slots.length
const idleInRow = (most: string) => m.rule_idle_row({ most })
const idleInDay = (most: string) => m.rule_idle_day({ most })
const idleInHalf = (most: string) => m.rule_idle_half({ most })
const idleInAll = (most: string) => m.rule_idle_all({ most })

export const GUARANTEES: RuleLine[] = [
  {
    path: ['guarantee', 'financed'],
    sentence: m.rule_guarantee_financed,
    ...{ off: 0, usual: 3, effect: (_, view) => financed(view) },
  },
  {
    path: ['guarantee', 'notFinanced'],
    sentence: m.rule_guarantee_not_financed,
    ...{ off: 0, usual: 3, effect: (_, view) => notFinanced(view) },
  },
  {
    path: ['guarantee', 'hosts'],
    sentence: m.rule_guarantee_hosts,
    ...{ off: 0, usual: 1, effect: (_, view) => hosts(view) },
  },
  {
    path: ['suggestions'],
    sentence: m.rule_suggestions,
    ...{ off: null, usual: 20, effect: () => m.rule_suggestions_effect() },
  },
]

export const MOSTS: RuleLine[] = [
  {
    path: ['maximum', 'projects'],
    sentence: m.rule_maximum_projects,
    ...{ off: null, usual: 8, effect: upTo(projects, inAll, idleInAll) },
  },
  {
    path: ['maximum', 'hosts'],
    sentence: m.rule_maximum_hosts,
    ...{ off: null, usual: 8, effect: upTo(hosts, inAll, idleInAll) },
  },
  {
    path: ['perDay', 'projects'],
    sentence: m.rule_per_day_projects,
    ...{ off: null, usual: 8, effect: upTo(projects, inDay, idleInDay) },
  },
  {
    path: ['perDay', 'hosts'],
    sentence: m.rule_per_day_hosts,
    ...{ off: null, usual: 8, effect: upTo(hosts, inDay, idleInDay) },
  },
]

export const RHYTHM: RuleLine[] = [
  {
    path: ['inRow', 'projects'],
    sentence: m.rule_in_row_projects,
    ...{ off: null, usual: 3, effect: upTo(projects, inRow, idleInRow) },
  },
  {
    path: ['inRow', 'hosts'],
    sentence: m.rule_in_row_hosts,
    ...{ off: null, usual: 3, effect: upTo(hosts, inRow, idleInRow) },
  },
  {
    path: ['perHalf', 'projects'],
    sentence: m.rule_per_half_projects,
    ...{ off: null, usual: 4, effect: upTo(projects, inHalf, idleInHalf) },
  },
  {
    path: ['perHalf', 'hosts'],
    sentence: m.rule_per_half_hosts,
    ...{ off: null, usual: 4, effect: upTo(hosts, inHalf, idleInHalf) },
  },
]

export const WHOM: RuleLine[] = [
  {
    path: ['organisation'],
    sentence: m.rule_organisation,
    ...{ off: null, usual: 1 },
    effect: (_, { counts }) =>
      counts.several > 0
        ? m.rule_organisations({ count: number(counts.several) })
        : m.rule_organisations_none(),
  },
]

export const GIVING: RuleLine[] = [
  {
    path: ['tolerance'],
    sentence: m.rule_tolerance,
    ...{ off: 0, usual: 2 },
    effect(_, __, { aims }) {
      const after = aims.slice(aims.indexOf('wishes') + 1)
      return after.length > 0 ? m.rule_tolerance_for({ aims: namesOfAims(after) }) : m.rule_tolerance_idle()
    },
  },
]

export const AFFINITY: RuleLine[] = [
  {
    path: ['affinity'],
    sentence: m.rule_affinity,
    ...{ off: 0, usual: 4 },
    effect: (n, _, { weights }) =>
      m.rule_affinity_effect({ half: number(Math.round(n / 2)), want: number(weights.want ?? 0) }),
  },
]

export const LINES = [...GUARANTEES, ...MOSTS, ...RHYTHM, ...WHOM, ...GIVING, ...AFFINITY]

/** The sentence with a word in place of its field. */
export const spoken = (line: RuleLine, n: string | number = '…') =>
  line.sentence({
    n: typeof n === 'number' ? number(n) : n,
    meetings: m.rule_meetings({ count: typeof n === 'number' ? n : 2 }),
  })
