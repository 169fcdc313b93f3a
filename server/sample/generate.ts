import { seededRandom, type Random } from '../../solver/model/random.ts'
import { compatibilityOf } from '../features/choices/compatibility.ts'
import { isVisible } from '../features/proposals/content.ts'
import type { PreferenceLevel, Side } from '../schemas/common.ts'
import type { SampleData, SampleHost, SampleProject } from './data.ts'

export type SampleWish = { to: string; level: PreferenceLevel | null; conflict: boolean }

/** What one participant of the sample camp answered; slots by position. */
export type SampleAnswer = {
  code: string
  side: Side
  answered: boolean
  maxMeetings: number | null
  unavailable: number[]
  wishes: SampleWish[]
}

/** Chosen so that the camp is full, every guarantee can be kept and the solver proves both. */
const SEED = 2
const SILENT = new Set(['P20', 'H09', 'H21', 'H34'])
const LATE = new Set(['P05', 'P11', 'P17'])
const LEAVING_EARLY = new Set(['P02', 'P22'])
const CONFLICTS = 6

/** How much each thing moves a choice; without the last one everybody would agree. */
const PULL = { compatibility: 1, popularity: 0.45, taste: 0.6 }
const UNSEEN_PROPOSAL = 0.4

/** The answers of everybody at the camp: the same for the same data, slots and seed. */
export function generateAnswers(data: SampleData, slots: number, seed = SEED): SampleAnswer[] {
  const random = seededRandom(seed)
  const scores = scorePairs(data, random)
  const projects = data.projects.map(({ code }) => projectAnswer(data, code, scores, slots, random))
  const hosts = data.hosts.map(({ code }) => hostAnswer(data, code, scores, slots, random))
  return declareConflicts([...projects, ...hosts], random)
}

type Scores = Map<string, number>
const pairKey = (project: string, host: string) => `${project} ${host}`

/** How attractive a pair is to its two sides before taste comes in. */
function scorePairs({ projects, hosts }: SampleData, random: Random): Scores {
  const fameOfProject = new Map(projects.map((project) => [project.code, fame(project, random)]))
  const fameOfHost = new Map(hosts.map(({ code }) => [code, random.unit()]))
  const pairs = projects.flatMap((project) => hosts.map((host) => ({ project, host })))
  return new Map(
    pairs.flatMap(({ project, host }): [string, number][] => {
      const fit = PULL.compatibility * fitOf(project, host)
      const toHost = fit + PULL.popularity * fameOfProject.get(project.code)!
      const toProject = fit + PULL.popularity * fameOfHost.get(host.code)!
      return [
        [pairKey(host.code, project.code), toHost],
        [pairKey(project.code, host.code), toProject],
      ]
    }),
  )
}

/** Few are very popular; a proposal that nobody can read yet attracts only who knows the project. */
function fame({ financed, status }: SampleProject, random: Random): number {
  const talk = random.unit() ** 2 + (financed ? 0.25 : 0)
  return isVisible(status) ? talk : talk - UNSEEN_PROPOSAL
}

const fitOf = (project: SampleProject, host: SampleHost): number =>
  isVisible(project.status) ? compatibilityOf(project.content, host).compatibility / 100 : 0

function projectAnswer(
  data: SampleData,
  code: string,
  scores: Scores,
  slots: number,
  random: Random,
): SampleAnswer {
  const wishes = choose(
    code,
    data.hosts.map((host) => host.code),
    { least: 6, most: 14, musts: data.rules.musts },
    scores,
    random,
  )
  const unavailable = LATE.has(code) ? [0, 1] : LEAVING_EARLY.has(code) ? [slots - 2, slots - 1] : []
  return answerOf({ code, side: 'project', maxMeetings: null, unavailable, wishes })
}

function hostAnswer(
  data: SampleData,
  code: string,
  scores: Scores,
  slots: number,
  random: Random,
): SampleAnswer {
  const wishes = choose(
    code,
    data.projects.map((project) => project.code),
    { least: 8, most: 16, musts: data.rules.musts },
    scores,
    random,
  )
  const unavailable = hostAbsence(slots, random)
  const maxMeetings = random.unit() < 0.15 ? 5 + random.below(3) : null
  return answerOf({ code, side: 'host', maxMeetings, unavailable, wishes })
}

/** Who has not answered has said nothing at all. */
const answerOf = (answer: Omit<SampleAnswer, 'answered'>): SampleAnswer =>
  SILENT.has(answer.code)
    ? { ...answer, answered: false, maxMeetings: null, unavailable: [], wishes: [] }
    : { ...answer, answered: true }

/** A third comes for half a day, some have a turn or two taken by something else. */
function hostAbsence(slots: number, random: Random): number[] {
  const half = slots / 2
  const kind = random.unit()
  if (kind < 1 / 3) {
    const first = random.unit() < 0.5 ? 0 : half
    return Array.from({ length: half }, (_, position) => first + position)
  }
  if (kind > 0.55) return []
  const position = random.below(slots - 1)
  return random.unit() < 0.5 ? [position] : [position, position + 1]
}

type Appetite = { least: number; most: number; musts: number }

/** The best-liked first: a few musts, then wants, then open; now and then one to avoid among the least liked. */
function choose(
  from: string,
  others: string[],
  { least, most, musts }: Appetite,
  scores: Scores,
  random: Random,
) {
  const ranked = others
    .map((to) => ({ to, liking: scores.get(pairKey(from, to))! + PULL.taste * random.unit() }))
    .sort((one, other) => other.liking - one.liking || (one.to < other.to ? -1 : 1))
    .map(({ to }) => to)
  const count = least + random.below(most - least + 1)
  const must = 1 + random.below(musts)
  const want = must + Math.ceil((count - must) * (0.4 + 0.3 * random.unit()))
  const levelAt = (rank: number): PreferenceLevel => (rank < must ? 'must' : rank < want ? 'want' : 'open')
  const wishes = ranked.slice(0, count).map((to, rank) => wish(to, levelAt(rank)))
  const avoided = ranked.slice(Math.max(count, ranked.length - random.below(3)))
  return [...wishes, ...avoided.map((to) => wish(to, 'avoid'))]
}

const wish = (to: string, level: PreferenceLevel): SampleWish => ({ to, level, conflict: false })

/** Some managers sit on the board of a project they would gladly have met. */
function declareConflicts(answers: SampleAnswer[], random: Random): SampleAnswer[] {
  const hosts = answers.filter(({ side, wishes }) => side === 'host' && wishes.length > 0)
  const chosen = new Set(Array.from({ length: CONFLICTS }, () => hosts[random.below(hosts.length)].code))
  return answers.map((answer) => (chosen.has(answer.code) ? withConflict(answer) : answer))
}

const withConflict = (answer: SampleAnswer): SampleAnswer => ({
  ...answer,
  wishes: answer.wishes.map((one, index) => (index === 1 ? { ...one, level: null, conflict: true } : one)),
})
