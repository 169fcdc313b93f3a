import type { Prices } from '../bounds/dual-bound.ts'
import { Circulation } from '../engines/network-simplex.ts'
import { splitSides } from '../model/bipartition.ts'
import type { Level } from '../format/instance.ts'
import { raiseAndFreeze } from './leximin.ts'
import type { Problem } from '../model/problem.ts'

/** Which candidates to hold, with what proves how good that is. Slots play no part yet. */
export interface Selection {
  /** Share of each candidate held: 0 or 1, or ½ where the graph has odd cycles. */
  share: Float64Array
  /** Prices that prove the bound of a level. */
  prices: Partial<Record<'shortfall' | 'value', Prices>>
  /** Sharper ones by slot, once they have been sought. */
  sharp: Partial<Record<'shortfall' | 'value', Prices>>
  /** Ascending numbers of meetings that no equally good selection beats, or null if fairness was not asked. */
  fairness: number[] | null
  /** False if a level's optimum is not whole, so that later levels are not about whole schedules. */
  whole: boolean
  /** Quotas that are not part of the flow, because they spread over several participants. */
  looseQuotas: number[]
  /** Quotas whose minimum no selection reaches, whatever else is given up. */
  unmetQuotas: number[]
  /** Chooses again at equal value on every level, with a price on each candidate to be avoided. */
  reselect(penalty: Float64Array): Float64Array
}

/**
 * The best selection for the levels `shortfall`, `value` and `fairness` in the given order, as one minimum-cost
 * flow: source → participant → candidate → participant → sink. If the pairs have no two sides, every
 * participant stands on both and the shares may be halves (the bipartite double cover).
 * Needs fewest ≤ capacity for every participant and no more mandatory candidates than places.
 */
export function select(problem: Problem, levels: readonly Level[]): Selection {
  const model = buildModel(problem)
  const circulation = new Circulation(model)
  const solved = new Map<string, Stage>()
  const run = (name: string, costOf: (arc: number) => number) => {
    circulation.optimise(costOf)
    solved.set(name, { potential: circulation.potential.slice(), reduced: reducedCosts(circulation, model) })
    circulation.freeze()
  }
  if (model.quotaMin.some((quota) => quota >= 0)) run('quotas', (arc) => (model.quotaMin[arc] >= 0 ? -1 : 0))
  const unmetQuotas = findUnmetQuotas(problem, model, circulation)
  const prices: Selection['prices'] = {}
  let fairness: number[] | null = null
  let whole = true
  for (const level of levels) {
    if (level === 'shortfall') run('shortfall', (arc) => (model.isGuaranteed[arc] ? -1 : 0))
    if (level === 'value')
      run('value', (arc) => (model.candidate[arc] < 0 ? 0 : -problem.value[model.candidate[arc]]))
    if (level === 'shortfall' || level === 'value')
      prices[level] = combinePrices(problem, model, solved, level)
    whole &&= Number.isInteger(totalCost(model, circulation))
    if (level === 'fairness') fairness = fairest(problem, model, circulation)
  }
  return {
    share: readShares(problem, model, circulation),
    prices,
    sharp: {},
    fairness,
    whole,
    looseQuotas: model.looseQuotas,
    unmetQuotas,
    reselect: (penalty) => {
      circulation.optimise((arc) => (model.candidate[arc] < 0 ? 0 : penalty[model.candidate[arc]]))
      return readShares(problem, model, circulation)
    },
  }
}

interface Stage {
  potential: Float64Array
  reduced: Float64Array
}

interface Model {
  nodeCount: number
  from: number[]
  to: number[]
  capacity: number[]
  /** What an arc stands for: a candidate, the n-th meeting of a participant, the first meetings of a quota. */
  candidate: number[]
  nth: number[]
  isGuaranteed: boolean[]
  quotaMin: number[]
  /** 1, or 2 if every participant stands on both sides. */
  copies: 1 | 2
  source: number
  sink: number
  /** Side of each participant when there is one copy. */
  side: Uint8Array
  /** Node of a quota in each copy, −1 if it is loose. */
  quotaNodes: [number, number][]
  quotaOwner: number[]
  looseQuotas: number[]
}

function buildModel(problem: Problem): Model {
  const side = splitSides(problem)
  const model = emptyModel(problem, side)
  attachQuotas(problem, model)
  for (let p = 0; p < problem.participantCount; p++) addParticipant(problem, model, p)
  for (let c = 0; c < problem.candidateCount; c++)
    if (problem.possible[c] && !problem.mandatory[c]) addCandidate(problem, model, c)
  const held = problem.mandatory.reduce((sum, one) => sum + one, 0)
  addArc(model, model.sink, model.source, (problem.places - held) * model.copies)
  return model
}

function emptyModel(problem: Problem, side: Uint8Array | null): Model {
  const copies = side ? 1 : 2
  const source = problem.participantCount * copies
  return {
    nodeCount: source + 2,
    from: [],
    to: [],
    capacity: [],
    candidate: [],
    nth: [],
    isGuaranteed: [],
    quotaMin: [],
    copies,
    source,
    sink: source + 1,
    side: side ?? new Uint8Array(problem.participantCount),
    quotaNodes: problem.quotas.map(() => [-1, -1]),
    quotaOwner: problem.quotas.map(() => -1),
    looseQuotas: [],
  }
}

interface ArcMeaning {
  candidate?: number
  nth?: number
  isGuaranteed?: boolean
  quotaMin?: number
}

function addArc(model: Model, from: number, to: number, capacity: number, meaning: ArcMeaning = {}): void {
  model.from.push(from)
  model.to.push(to)
  model.capacity.push(capacity)
  model.candidate.push(meaning.candidate ?? -1)
  model.nth.push(meaning.nth ?? -1)
  model.isGuaranteed.push(meaning.isGuaranteed ?? false)
  model.quotaMin.push(meaning.quotaMin ?? -1)
}

/** Whether participant p stands on the source's side in copy 0 or 1, and its node there. */
function placesOf(
  problem: Problem,
  model: Model,
  p: number,
): { node: number; bySource: boolean; copy: 0 | 1 }[] {
  if (model.copies === 1) return [{ node: p, bySource: model.side[p] === 0, copy: 0 }]
  return [
    { node: p, bySource: true, copy: 0 },
    { node: problem.participantCount + p, bySource: false, copy: 1 },
  ]
}

function addParticipant(problem: Problem, model: Model, p: number): void {
  const [low, high, guarantee] = [problem.fewest[p], problem.capacity[p], problem.guarantee[p]]
  for (const { node, bySource } of placesOf(problem, model, p)) {
    const [from, to] = bySource ? [model.source, node] : [node, model.sink]
    if (problem.fair[p]) {
      for (let n = low + 1; n <= high; n++)
        addArc(model, from, to, 1, { nth: n, isGuaranteed: n <= guarantee })
    } else {
      const first = Math.min(high - low, Math.max(0, guarantee - low))
      if (first > 0) addArc(model, from, to, first, { isGuaranteed: true })
      if (high - low > first) addArc(model, from, to, high - low - first)
    }
  }
}

/** A quota over candidates of one participant is a node between it and them, if no other quota has them. */
function attachQuotas(problem: Problem, model: Model): void {
  const taken = new Set<string>()
  problem.quotas.forEach(({ members }, quota) => {
    const owner = commonParticipant(problem, members)
    const keys = members.map((c) => `${owner} ${c}`)
    if (owner < 0 || keys.some((key) => taken.has(key))) {
      model.looseQuotas.push(quota)
      return
    }
    keys.forEach((key) => taken.add(key))
    addQuota(problem, model, quota, owner)
  })
}

function commonParticipant({ first, second }: Problem, members: number[]): number {
  if (members.length === 0) return -1
  const isInAll = (p: number) => members.every((c) => first[c] === p || second[c] === p)
  return [first[members[0]], second[members[0]]].find(isInAll) ?? -1
}

function addQuota(problem: Problem, model: Model, quota: number, owner: number): void {
  const { members, min, max } = problem.quotas[quota]
  const held = members.filter((c) => problem.mandatory[c]).length
  const [low, high] = [Math.max(0, min - held), Math.max(0, Math.min(max, members.length) - held)]
  model.quotaOwner[quota] = owner
  for (const { node, bySource, copy } of placesOf(problem, model, owner)) {
    const inner = model.nodeCount++
    model.quotaNodes[quota][copy] = inner
    const [from, to] = bySource ? [node, inner] : [inner, node]
    if (low > 0) addArc(model, from, to, low, { quotaMin: quota })
    if (high > low) addArc(model, from, to, high - low)
  }
}

function addCandidate(problem: Problem, model: Model, c: number): void {
  const [a, b] = [problem.first[c], problem.second[c]]
  if (model.copies === 1) {
    const [left, right] = model.side[a] === 0 ? [a, b] : [b, a]
    addArc(model, nodeFor(problem, model, c, left, 0), nodeFor(problem, model, c, right, 0), 1, {
      candidate: c,
    })
    return
  }
  addArc(model, nodeFor(problem, model, c, a, 0), nodeFor(problem, model, c, b, 1), 1, { candidate: c })
  addArc(model, nodeFor(problem, model, c, b, 0), nodeFor(problem, model, c, a, 1), 1, { candidate: c })
}

function nodeFor(problem: Problem, model: Model, c: number, participant: number, copy: 0 | 1): number {
  const quota = problem.quotasOf[c].find((one) => model.quotaOwner[one] === participant)
  if (quota !== undefined) return model.quotaNodes[quota][copy]
  return copy === 0 ? participant : problem.participantCount + participant
}

function findUnmetQuotas(problem: Problem, model: Model, circulation: Circulation): number[] {
  const unmet = new Set<number>()
  model.quotaMin.forEach((quota, arc) => {
    if (quota >= 0 && circulation.flow[arc] < model.capacity[arc]) unmet.add(quota)
  })
  return [...unmet]
}

function reducedCosts(circulation: Circulation, model: Model): Float64Array {
  return Float64Array.from(model.from, (_, arc) => circulation.reducedCost(arc))
}

function readShares(problem: Problem, model: Model, circulation: Circulation): Float64Array {
  const share = Float64Array.from(problem.mandatory)
  model.candidate.forEach((c, arc) => {
    if (c >= 0) share[c] += circulation.flow[arc] / model.copies
  })
  return share
}

const totalCost = (model: Model, circulation: Circulation): number =>
  model.from.reduce((sum, _, arc) => sum + circulation.cost[arc] * circulation.flow[arc], 0) / model.copies

/**
 * Prices for a level from its potentials and those of the levels before it: earlier levels enter with the
 * smallest whole weight at which the sum of all prices is optimal by itself.
 */
function combinePrices(
  problem: Problem,
  model: Model,
  solved: Map<string, Stage>,
  level: 'shortfall' | 'value',
): Prices {
  const names = [...solved.keys()]
  const potential = solved.get(level)!.potential.slice()
  const reduced = solved.get(level)!.reduced.slice()
  let weightOfShortfall = level === 'shortfall' ? 1 : 0
  for (const name of names.slice(0, names.indexOf(level)).reverse()) {
    const stage = solved.get(name)!
    const weight = smallestWeight(stage.reduced, reduced)
    stage.potential.forEach((one, node) => (potential[node] += weight * one))
    stage.reduced.forEach((one, arc) => (reduced[arc] += weight * one))
    if (name === 'shortfall') weightOfShortfall = weight
  }
  return readPrices(problem, model, potential, weightOfShortfall)
}

function smallestWeight(earlier: Float64Array, later: Float64Array): number {
  let weight = 0
  earlier.forEach((one, arc) => {
    if (one !== 0) weight = Math.max(weight, Math.ceil(-later[arc] / one))
  })
  return weight
}

function readPrices(problem: Problem, model: Model, potential: Float64Array, shortfall: number): Prices {
  const { source, sink, copies } = model
  const outer = (bySource: boolean) => potential[bySource ? source : sink]
  const gap = (node: number, bySource: boolean, from: number) =>
    (bySource ? 1 : -1) * (potential[node] - from)
  const participants = new Float64Array(problem.participantCount)
  for (let p = 0; p < problem.participantCount; p++)
    for (const { node, bySource } of placesOf(problem, model, p))
      participants[p] += gap(node, bySource, outer(bySource)) / copies
  const quotas = Float64Array.from(problem.quotas, (_, quota) => {
    if (model.quotaOwner[quota] < 0) return 0
    const owners = placesOf(problem, model, model.quotaOwner[quota])
    const prices = owners.map(
      (o) => gap(model.quotaNodes[quota][o.copy], o.bySource, potential[o.node]) / copies,
    )
    return prices.reduce((sum, price) => sum + price, 0)
  })
  return {
    participants,
    tables: Math.max(0, potential[source] - potential[sink]),
    shortfall,
    quotas,
    days: null,
  }
}

/** The ascending numbers of meetings of the fairest of these flows. */
function fairest(problem: Problem, model: Model, circulation: Circulation): number[] {
  const fair = [...problem.fair.keys()].filter((p) => problem.fair[p])
  const most = fair.reduce((top, p) => Math.max(top, problem.capacity[p]), 0)
  return raiseAndFreeze(fair.length, most, (n) => {
    circulation.optimise((arc) => (model.nth[arc] === n ? -1 : 0))
    circulation.freeze()
    return -totalCost(model, circulation) + fair.filter((p) => problem.fewest[p] >= n).length
  })!
}
