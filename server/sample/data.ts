import type { PersonName } from '../naming.ts'
import type { HostKind } from '../schemas/common.ts'
import type { SlotGrid } from '../schemas/event.ts'
import { completeRules, type EventRules } from '../schemas/rules.ts'
import type { HostProfile, ProposalContent, ProposalStatus } from '../schemas/proposal.ts'
import hosts from './hosts.json' with { type: 'json' }
import torino from './torino.json' with { type: 'json' }

export type SampleProject = {
  code: string
  name: string
  rank: number
  financed: boolean
  /** True for the invented ones; of the others the name, rank and organisations are real. */
  sample: boolean
  organisations: string[]
  team: PersonName[]
  status: ProposalStatus
  /** What the organisers asked to change. */
  message?: string
  content: ProposalContent
}

export type SampleHost = HostProfile & { code: string; organisation: string; kind: HostKind }

/** Days are counted from the camp; times are local. */
export type SampleEvent = { title: string; days: number; venue: string } &
  /** Everybody comes where nobody is invited by name. */
  (
    | { kind: 'workshop' | 'public'; start: string; end: string; invited?: 'projects' }
    | {
        kind: 'camp' | 'tutoring'
        grid: SlotGrid
        replyBy?: { days: number; time: string }
        rooms: SampleRoom[]
      }
  )

export type SampleRoom = { name: string; tables: number; stepFree: number[] }

export type SampleData = {
  programme: { name: string; phase: string; city: string; timezone: string; call: string }
  events: SampleEvent[]
  rules: EventRules
  /** What some at the camp need of a table, and the places of hosts' own tables, counted from one. */
  needs: Record<string, string[]>
  ownTables: Record<string, number>
  /** They meet each project on the day of tutoring, each at a table of their own, and do not come to the camp. */
  tutors: SampleHost[]
  projects: SampleProject[]
  hosts: SampleHost[]
}

/** The files are ours and a test checks them against the wire contract. */
export const SAMPLE = { ...torino, hosts, rules: completeRules(torino.rules) } as SampleData
