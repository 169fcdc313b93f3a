export { CAUSES, PREMISES, type Cause, type Contradiction, type Premise } from './format/infeasibility.ts'
export { check, type CheckOptions } from './check.ts'
export type { Finding } from './check/finding.ts'
export { frontier, type FrontierOptions } from './frontier.ts'
export type { Point } from './explain/point.ts'
export { digest } from './format/digest.ts'
export { convertDzn } from './format/dzn.ts'
export { parseDisruption, type Disruption, type DisruptionFile } from './format/disruption.ts'
export { explain } from './explain/explain.ts'
export type { Reason, ReasonKind, Remedy } from './explain/reason.ts'
export {
  LEVELS,
  REPAIR_ORDERS,
  parseInstance,
  type Candidate,
  type Instance,
  type InstanceFile,
  type Level,
  type Lock,
  type Participant,
  type Quota,
  type Rules,
  type Slot,
  type Table,
} from './format/instance.ts'
export { isBetterOrEqual, isSame } from './spec/level-order.ts'
export { measure } from './spec/objective.ts'
export { FormatError, type FieldError } from './format/json-reader.ts'
export type { Progress, SolveOptions } from './model/search-limits.ts'
export {
  parseSolution,
  type Certificate,
  type LevelResult,
  type LevelValue,
  type Meeting,
  type Solution,
} from './format/solution.ts'
export { vary, VARIED, type Variation, type Whom } from './explain/variation.ts'
export { applyChange, type Change, type EventChange } from './explain/relaxation.ts'
export { repair, type RepairOptions } from './repair.ts'
export { solve } from './solve.ts'
export { stress, type StressOptions } from './stress.ts'
export type { Distribution, Exposure, Outcome, Stress } from './stress/summary.ts'
export { checkRules, type Violation } from './spec/rules.ts'
export { validate, type Report } from './verify/validate.ts'
export { verify } from './verify/verify.ts'
export { priceOf, priceOfGuarantee, priceOfSlot, priceOfTables, type WhatIf } from './explain/what-if.ts'
