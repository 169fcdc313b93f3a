import type { Problem } from './problem.ts'

/**
 * How hard the solver tries: every number that ends a search or bounds what it looks at, with its unit and why it is
 * so large. They stand together because together they are the time a run takes; no step asks a clock. Numbers that
 * weigh one thing against another, such as prices and temperatures, belong to a method and stay beside it.
 *
 * A step is what `Search.iterations` counts: one trial of a local search: less than a microsecond for a chain of two slots,
 * more where a meeting is exchanged for others. What asks an engine pays in steps for the time it takes.
 */
export interface Effort {
  /** Steps of a run whose caller sets no limit. */
  steps(problem: Problem): number
  /** Those of them that the stages share out, after which SAT and further rounds go on as long as they may. */
  horizon(problem: Problem): number
  /** Whether such a run goes on until it is stopped, where it can be. */
  isOpenEnded: boolean
  /** Selections that are tried to be placed. */
  selections: number
  /** Insertions a candidate before the next selection has its turn, and exchanges after them where not all find a place. */
  patience: number
  exchanges: number
  /** Whether linear programs, prices by slot and SAT are asked as well, not the flow and the local search alone. */
  asksEngines: boolean
  /** Steps of the annealing where nothing else follows; without engines. */
  annealing: number
  /** Slots of candidates that all steps of the prices by slot may go through. */
  slotPrices: number
}

const usualSteps = ({ candidateCount }: Problem): number => 120_000 + 20 * candidateCount

const isAllMandatory = ({ candidateCount, mandatory }: Problem): boolean =>
  candidateCount > 0 && mandatory.every((one) => one)

/** For a whole event: less than a second at the size of a camp, or as long as it may take. */
export const FULL_EFFORT: Effort = {
  // Ten times as much where every meeting is given, since then the breaks can be settled for good.
  steps: (problem) => usualSteps(problem) * (isAllMandatory(problem) ? 10 : 1),
  horizon: usualSteps,
  isOpenEnded: true,
  selections: 12,
  patience: 20,
  exchanges: 20,
  asksEngines: true,
  annealing: Infinity,
  slotPrices: 30_000_000,
}

/**
 * Near a base, where most meetings are locked: what finds no place at once has none, only a few meetings can move,
 * and somebody waits for the answer.
 */
export const NEAR_BASE_EFFORT: Effort = {
  steps: () => 10_000,
  horizon: () => 10_000,
  isOpenEnded: false,
  selections: 2,
  patience: 1,
  exchanges: 1,
  asksEngines: false,
  annealing: 5_000,
  slotPrices: 600_000,
}

/** The same some hundred times over, where nobody asks for tidy agendas: a repair of a day that may never come. */
export const STRESS_EFFORT: Effort = { ...NEAR_BASE_EFFORT, exchanges: 0.1, annealing: 0 }

export const SELECTING = {
  /** Quotas of which fewer are sought that cannot be reached together: each takes a choice of all meetings. */
  quotasToBlame: 50,
  /** Columns of a linear program that is asked for in whole numbers: beyond, it takes minutes. */
  columnsInWhole: 8_000,
  /** Columns of one that raises the fewest meetings person by person: beyond, the seconds are needed for placing. */
  columnsToRaise: 3_000,
  /** Nodes of the search for whole numbers: a limit that is the same on every machine. */
  nodes: 2_000,
}

export const PLACING = {
  /** Selections that are tried before prices by slot tell whether any can be placed. */
  selectionsBeforePrices: 1,
  /** Added to the number of candidates, so that small events get some insertions and exchanges, too. */
  leastInsertions: 25,
  leastTrials: 1_000,
  /** Shares of the steps that are left: after the first no other selection is placed, after the second no dive begins. */
  shareOfSelections: 1 / 4,
  shareOfDives: 1 / 2,
  /** Trials of an exchange a candidate after the dives, or after SAT has placed what must be held. */
  trialsAfterDives: 20,
  /** The same in slots of candidates, where the prices know all rules: little is left for exchanges to find then. */
  workAfterDives: 4_000_000,
  /** With time, passes of prices and dives, each sharper by what the last one found. */
  passes: 4,
}

/** Rounds of a large neighbourhood search in all, and in a row without anything better. */
export interface Rounds {
  rounds: number
  patience: number
}

export const DIVES: Rounds = { rounds: 24, patience: 24 }
/** With time there are more, once the agendas are tidy enough in case it ends. */
export const DIVES_WITH_TIME: Rounds = { rounds: 100, patience: 40 }

export const DIVING = {
  /** The first rounds dive for the whole schedule, where its candidates have no more slots than these. */
  wholeRounds: 2,
  slotsOfWhole: 60_000,
  /** Slots of candidates that a part may have. */
  slotsOfPart: 5_000,
  /** Steps of the prices between two choices. */
  priceSteps: 30,
  /** Meetings that are settled at once: a share of the slots that are still open, and no fewer than these. */
  shareAtOnce: 0.01,
  fewestAtOnce: 3,
}

export const PRICING_BY_SLOT = {
  /** Steps of the prices, however small the event. */
  steps: 4_000,
  /** Steps after which the given prices, at which nothing moves smoothly, are left for good. */
  burnIn: 100,
  /** Steps without a better bound after which steps become shorter. */
  patience: 31,
}

export const COMPACTING = {
  /** Steps after which agendas are tidy enough in case the time ends. */
  tidyEnough: 100_000,
  /** Steps between two trials to spread the breaks by giving meetings up. */
  spreading: 200_000,
  /** Steps a meeting before SAT has its turn. */
  stepsPerMeeting: 4_000,
  /** Steps of the first round with time, and how many more a meeting; each round is half as long again. */
  firstRound: 200_000,
  firstRoundPerMeeting: 60,
  /** Steps between two questions whether the search is over, and between two pauses for messages. */
  betweenQuestions: 2_000,
  betweenPauses: 40_000,
}

export const BREAK_BOUNDS = {
  /** Days that are tried out for one participant's fewest breaks. */
  daysTried: 20_000,
  /** Steps of the prices of breaks, and states of their dynamic program that all steps may go through. */
  priceSteps: 800,
  priceWork: 12_000_000,
  /** Steps without a better bound after which steps become shorter. */
  patience: 50,
}

export const SAT = {
  /** What one conflict counts for in steps, by the time it takes. */
  stepsPerConflict: 20,
  /** Conflicts of the first question for fewer breaks; each time nothing is told, twice as many. */
  firstConflicts: 8_000,
  /** Breaks beyond the fewest that are counted: each takes clauses, and a schedule with more is left to the search. */
  breaksCounted: 60,
  /** Conflicts of one question for any timetable, between which messages are read. */
  conflictsARound: 8_000,
  /** Conflicts to refuse once more what has been refused, before the reason is sought. */
  conflictsToRefuse: 50_000,
  /** Conflicts of one question whether a rule can be left out of the reason, and questions that may stay open. */
  conflictsATrial: 2_000,
  openTrials: 10,
}

export const SEATING = {
  /** Tables that are dealt out at once. An assignment of so many takes some ten microseconds. */
  tablesAtOnce: 24,
  /**
   * Rounds of dealing: the fewest, those of few meetings, a meeting, and the most. They take milliseconds at the size of
   * a camp, so they are never left out.
   */
  leastRounds: 1_000,
  roundsPerFew: 20,
  roundsPerMeeting: 4,
  mostRounds: 30_000,
  /**
   * Places of agendas and tables that are looked at to exchange times where time alone ends the search: a meeting, and
   * the most. It goes on after the end, so it is a tenth of a second at the size of a camp. Not of more meetings: so few
   * steps would do little for them.
   */
  exchangeWorkPerMeeting: 30_000,
  mostExchangeWork: 50_000_000,
  meetingsToExchange: 4_000,
  /** The same with time, for each step of compacting since the last turn: about a quarter of what those took. */
  exchangeWorkPerStep: 25,
}

export const ATTEMPTS = {
  /** Lengths as shares of the usual steps: the first three together are the usual run, the others take more. */
  shares: [1 / 300, 1 / 20, 0.94, 4, 16, 64],
}

export const SHIFTS = {
  /** Times that all shifts are dealt out, and trials for one table. */
  deals: 60,
  nodes: 2_000,
  /** Insertions a meeting until what finds no place in its shifts is given up. */
  insertions: 50,
  /** By how many meetings chance may change who comes first. */
  luck: 3,
}

export const SPENDING = {
  /** Schedules that are looked at: each takes a check of every rule, a millisecond at the size of a camp. */
  schedules: 1_500,
  /** Steps in which agendas are tidied before meetings are given up, and once more after that. */
  steps: 500_000,
}

export const REPAIRING = {
  /** Nodes of the exact search: some milliseconds at the size of a camp. */
  nodes: 1_000,
  /** Nodes for one meeting by itself; halved after each that finds no room, down to the fewest. */
  nodesOneByOne: 400,
  fewestNodes: 25,
  /** Changes, in units of their level, that one meeting by itself may cost. */
  mostCost: 12,
  /** Ways into one slot that are looked at. */
  ways: 48,
  /** Selections that are tried near the base. */
  selections: 3,
}

export const EXPLAINING = {
  /** Nodes of a trial: a remedy that takes a long chain of moves is not a small one. */
  nodes: 40,
  /** Ways into one slot when meetings are given up for another. */
  ways: 64,
  /** Slots and locks of which a change is tried. */
  slots: 3,
  /** Tables that are tried with what they lack, or as somebody's own. */
  tables: 3,
}
