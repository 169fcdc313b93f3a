import { constants, setPriority } from 'node:os'
import { parentPort, receiveMessageOnPort } from 'node:worker_threads'
import {
  check as checkEvent,
  digest,
  explain,
  FormatError,
  frontier,
  measure,
  parseDisruption,
  parseInstance,
  parseSolution,
  priceOfTables,
  repair,
  solve,
  stress,
  validate,
  type Finding,
  type Instance,
  type Point,
  type Progress,
  type Reason,
  type RepairOptions,
  type Solution,
  type Stress,
  type StressOptions,
  type Variation,
  type Violation,
  type WhatIf,
} from './index.ts'
import { loadJavascriptLpSolver } from './engines/lp.ts'

/** A file: its content, or the JSON text of it, which costs whoever sends it least. */
type File = unknown

/**
 * What the worker is told: a problem, of which it may later be told to stop and hand over the best schedule so far;
 * or one question after the other, each once the one before is answered.
 */
export type WorkerRequest =
  | { type?: 'solve'; instance: File; seed?: number; timeMs?: number; maxIterations?: number }
  /** By the linear program, where the engine says so, else by the flow. */
  | { type: 'price'; instance: File; extra: number; engine: 'lp' | 'flow' }
  /** The rest of the day after a disruption, once for each order; a solution need not say of which instance it is. */
  | {
      type: 'repair'
      instance: File
      solution: File
      disruption: File
      orders: NonNullable<RepairOptions['order']>[]
    }
  | { type: 'explain'; instance: File; solution: File; candidates: string[] }
  /** What counting shows before a run; `timeMs` ends the search for what helps, and below the other searches. */
  | { type: 'check'; instance: File; timeMs: number }
  | { type: 'frontier'; instance: File; variation: Variation; steps: number[]; timeMs: number }
  | ({ type: 'stress'; instance: File; solution: File; timeMs: number } & Pick<
      StressOptions,
      'absence' | 'scenarios' | 'seed'
    >)
  /** Whether a solution that came from elsewhere is one of the instance and keeps its rules. */
  | { type: 'verify'; instance: File; solution: File }
  | { type: 'stop' }

/** A solution, and whether the referee finds no rule broken in it. */
export type Checked = { solution: Solution; valid: boolean }

/** What it tells: of a problem progress now and then, then one answer or one error. */
export type WorkerReply =
  | ({ type: 'progress' } & Progress)
  | ({ type: 'solution' } & Checked)
  | { type: 'price'; price: WhatIf }
  /** An answer for each order; `shortfall` is that of the schedule before, whatever has happened since. */
  | { type: 'repaired'; shortfall: number; answers: Checked[] }
  | { type: 'reasons'; reasons: Reason[] }
  | { type: 'findings'; findings: Finding[] }
  /** Of the steps that were reached in time. */
  | { type: 'points'; points: Point[] }
  | { type: 'stressed'; stress: Stress }
  | { type: 'verified'; isOfInstance: boolean; violations: Violation[] }
  | { type: 'error'; message: string; errors: { path: string; message: string }[] }

// Whoever waits for a page goes first: on Linux each thread has a priority of its own, elsewhere it is the process's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)

const port = parentPort!
const reply = (message: WorkerReply) => port.postMessage(message)
let isStopped = false

port.on('message', take)

function take(request: WorkerRequest): void {
  if (request.type === 'stop') isStopped = true
  else void answer(request).catch(fail)
}

/** Looks into the post itself, since a long question to the SAT engine lets no event through. */
function isToldToStop(): boolean {
  const mail = receiveMessageOnPort(port)
  if (mail) take(mail.message as WorkerRequest)
  return isStopped
}

async function answer(request: Exclude<WorkerRequest, { type: 'stop' }>): Promise<void> {
  if (request.type === 'price') reply(await price(request))
  else if (request.type === 'repair') reply(await mend(request))
  else if (request.type === 'explain') reply(await why(request))
  else if (request.type === 'check') reply(look(request))
  else if (request.type === 'frontier') reply(await curve(request))
  else if (request.type === 'stress') reply(await strain(request))
  else if (request.type === 'verify') reply(await referee(request))
  else await run(request)
}

type Request<Type> = Extract<WorkerRequest, { type: Type }>

const read = (file: File): unknown => (typeof file === 'string' ? JSON.parse(file) : file)

/** What more tables bring. A linear program cannot be interrupted: its caller ends this thread where it takes too long. */
async function price({ instance, extra, engine }: Request<'price'>): Promise<WorkerReply> {
  const lp = engine === 'lp' ? await loadJavascriptLpSolver() : undefined
  return { type: 'price', price: await priceOfTables(parseInstance(read(instance)), extra, lp) }
}

async function mend({ orders, ...files }: Request<'repair'>): Promise<WorkerReply> {
  const source = read(files.instance)
  const base = parseInstance(source)
  const before = parseSolution({ instance: await digest(source), ...(read(files.solution) as object) })
  const disruption = parseDisruption(read(files.disruption), base)
  const answers: Checked[] = []
  for (const order of orders) {
    const now = () => performance.now()
    const { instance, solution } = await repair(base, before, disruption, { now, order })
    answers.push(check(instance, solution))
  }
  const { shortfall } = measure(base, before.meetings)
  return { type: 'repaired', shortfall: Number(shortfall), answers }
}

async function why({ candidates, ...files }: Request<'explain'>): Promise<WorkerReply> {
  const [instance, solution] = [parseInstance(read(files.instance)), parseSolution(read(files.solution))]
  const reasons: Reason[] = []
  for (const candidate of candidates) reasons.push(await explain(instance, solution, candidate))
  return { type: 'reasons', reasons }
}

function look({ instance, timeMs }: Request<'check'>): WorkerReply {
  return { type: 'findings', findings: checkEvent(parseInstance(read(instance)), { stop: after(timeMs) }) }
}

async function curve({ instance, variation, steps, timeMs }: Request<'frontier'>): Promise<WorkerReply> {
  const points = await frontier(parseInstance(read(instance)), variation, steps, { stop: after(timeMs) })
  return { type: 'points', points }
}

async function strain({ timeMs, ...request }: Request<'stress'>): Promise<WorkerReply> {
  const { instance, solution, ...options } = request
  const [parsed, plan] = [parseInstance(read(instance)), parseSolution(read(solution))]
  return { type: 'stressed', stress: await stress(parsed, plan, { ...options, stop: after(timeMs) }) }
}

async function referee(files: Request<'verify'>): Promise<WorkerReply> {
  const source = read(files.instance)
  const [instance, solution] = [parseInstance(source), parseSolution(read(files.solution))]
  const isOfInstance = solution.instance === (await digest(source))
  const { violations } = isOfInstance ? validate(instance, solution) : { violations: [] }
  return { type: 'verified', isOfInstance, violations }
}

function after(timeMs: number): () => boolean {
  const deadline = performance.now() + timeMs
  return () => performance.now() >= deadline
}

/** How much longer than asked a thread may take that others keep waiting, as it would come to nothing otherwise. */
const MOST_WAITING_MS = 8_000

/** Whether a thread has worked for so long: on a busy machine that takes longer than the clock says. */
function afterWork(timeMs: number): () => boolean {
  const [begun, before] = [performance.now(), workedMs()]
  return () => {
    const passed = performance.now() - begun
    if (passed < timeMs) return false
    return workedMs() - before >= timeMs || passed >= timeMs + MOST_WAITING_MS
  }
}

function workedMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function run(request: Extract<WorkerRequest, { type?: 'solve' }>): Promise<void> {
  const now = () => performance.now()
  const isOver = afterWork(request.timeMs ?? Infinity)
  const stop = () => isToldToStop() || isOver()
  const { seed, maxIterations } = request
  const instance = parseInstance(read(request.instance))
  const solution = await solve(instance, {
    ...(seed === undefined ? {} : { seed }),
    ...(maxIterations === undefined ? {} : { maxIterations }),
    stop,
    now,
    onProgress: (progress) => reply({ type: 'progress', ...progress }),
  })
  reply({ type: 'solution', ...check(instance, solution) })
}

/** The referee reads the problem anew: whatever the search has done to the one it was given, it does not count. */
const check = ({ source }: Instance, solution: Solution): Checked => ({
  solution,
  valid: validate(parseInstance(source), solution).valid,
})

function fail(error: unknown): void {
  const errors = error instanceof FormatError ? error.errors : []
  reply({ type: 'error', message: error instanceof Error ? error.message : String(error), errors })
}
