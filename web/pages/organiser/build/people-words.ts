import type { RunPeople } from '../../../../server/schemas/run.ts'
import { number } from '../../../lib/format.ts'
import { m } from '../../../paraglide/messages.js'

export type Person = RunPeople['people'][number]
type Met = Person['wishes']['must']

/** The organisation first, then the person; a project by its name. */
export const calledBy = ({ side, name, organisations }: Person) =>
  side === 'host' && organisations.length ? `${organisations.join(', ')}, ${name}` : name

export const metWords = ({ stated, met }: Met) =>
  stated === 0 ? '–' : m.build_met_of({ met: number(met), stated: number(stated) })

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)

/** What each group gets: projects with and without financing, and hosts. */
export function groupsOf(people: Person[]) {
  const groups = [
    {
      key: 'financed',
      label: m.build_group_financed(),
      isIn: (one: Person) => one.side === 'project' && one.financed,
    },
    {
      key: 'others',
      label: m.build_group_others(),
      isIn: (one: Person) => one.side === 'project' && !one.financed,
    },
    { key: 'hosts', label: m.build_group_hosts(), isIn: (one: Person) => one.side === 'host' },
  ]
  return groups
    .map(({ key, label, isIn }) => {
      const own = people.filter(isIn)
      const met = (level: keyof Person['wishes']): Met => ({
        stated: sum(own.map(({ wishes }) => wishes[level].stated)),
        met: sum(own.map(({ wishes }) => wishes[level].met)),
      })
      return {
        ...{ key, label, people: own.length },
        average: own.length ? sum(own.map(({ meetings }) => meetings)) / own.length : 0,
        wishes: { must: met('must'), want: met('want'), open: met('open') },
        minutes: sum(own.map(({ pause }) => pause.minutes)),
        moves: sum(own.map(({ moves }) => moves)),
      }
    })
    .filter(({ people }) => people > 0)
}
