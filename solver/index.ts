export { CAUSES, PREMISES, type Cause, type Contradiction, type Premise } from './cause.ts'
export { digest } from './canonical.ts'
export { convertDzn } from './convert.ts'
export { parseDisruption, type Disruption } from './disruption.ts'
export { explain, type Reason, type ReasonKind, type Remedy } from './explain.ts'
export {
  LEVELS,
  REPAIR_ORDERS,
  parseInstance,
  type Candidate,
  type Instance,
  type Level,
  type Lock,
  type Participant,
  type Quota,
  type Rules,
  type Slot,
  type Table,
} from './instance.ts'
export { measure } from './objective.ts'
export { FormatError, type FieldError } from './read.ts'
export type { Progress, SolveOptions } from './search.ts'
export {
  parseSolution,
  type Certificate,
  type LevelResult,
  type LevelValue,
  type Meeting,
  type Solution,
} from './solution.ts'
export { applyChange, type Change } from './remedy.ts'
export { repair, type RepairOptions } from './repair.ts'
export { Repairer, type Proposal } from './repairer.ts'
export { solve } from './solve.ts'
export { checkRules, validate, type Report, type Violation } from './validate.ts'
export { verify } from './verify.ts'
export { priceOfGuarantee, priceOfSlot, priceOfTables, type WhatIf } from './what-if.ts'
