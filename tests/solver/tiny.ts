import {
  parseInstance,
  type Instance,
  type InstanceFile,
  type Meeting,
  type Solution,
} from '../../solver/index.ts'

/** Two projects and two hosts, three slots in two blocks, two tables; parts may be replaced. */
export const tinyJson = (parts: Record<string, unknown> = {}) => ({
  format: 'incontro/instance',
  version: 1,
  slots: [{ id: 's1' }, { id: 's2' }, { id: 's3' }, { id: 's4', block: 1 }],
  tables: [{ id: 't1', features: ['step-free'] }, { id: 't2' }],
  participants: [{ id: 'p1' }, { id: 'p2' }, { id: 'h1' }, { id: 'h2' }],
  candidates: [
    { id: 'c11', participants: ['p1', 'h1'], value: 5 },
    { id: 'c12', participants: ['p1', 'h2'], value: 3 },
    { id: 'c21', participants: ['p2', 'h1'], value: 2 },
    { id: 'c22', participants: ['p2', 'h2'], value: 4 },
  ],
  ...parts,
})

export const tiny = (parts: Record<string, unknown> = {}): Instance => parseInstance(tinyJson(parts))

type PersonFile = NonNullable<InstanceFile['participants']>[number]

/** `person` replaced in the tiny list of participants. */
export const people = (...changed: PersonFile[]): PersonFile[] =>
  ['p1', 'p2', 'h1', 'h2'].map((id) => changed.find((one) => one.id === id) ?? { id })

/** Meetings written as “c11 s1 t1”. */
export const meetings = (...lines: string[]): Meeting[] =>
  lines.map((line) => {
    const [candidate, slot, table] = line.split(' ')
    return table ? { candidate, slot, table } : { candidate, slot }
  })

/** A solution that claims nothing but its meetings. */
export const claimless = (list: Meeting[]): Solution => ({
  format: 'incontro/solution',
  version: 1,
  instance: 'hash',
  seed: 1,
  status: 'feasible',
  meetings: list,
  objective: {},
  certificate: {},
  stats: { ms: 0, iterations: 0 },
})
