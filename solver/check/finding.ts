import type { Changes } from './changes.ts'
import type { Count } from './counts.ts'

export interface Finding extends Count {
  /**
   * `impossible`: no schedule keeps all rules; `unreachable`: something that is asked for or promised can be had in no
   * schedule; `tight`: it can, with nothing to spare.
   */
  severity: 'impossible' | 'unreachable' | 'tight'
  words: string
  /** The smallest change that was found to help, tried out; null if none was. */
  remedy: { changes: Changes; words: string } | null
  /** Whether there may be a remedy that was not tried: beyond many findings of one kind, or if it was stopped. */
  unsought?: true
}
