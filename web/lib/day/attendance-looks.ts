import type { Attendance } from '../../../server/schemas/common.ts'
import type { IconName } from '../icons.ts'

type Look = { icon: IconName; tone: 'good' | 'warn' | 'bad' | 'quiet' | 'info' }

/** Never told apart by colour alone: each has a shape, and a word in labels.ts. */
export const ATTENDANCE_LOOKS: Record<Attendance, Look> = {
  expected: { icon: 'circle', tone: 'quiet' },
  here: { icon: 'check', tone: 'good' },
  late: { icon: 'clock', tone: 'warn' },
  absent: { icon: 'user-x', tone: 'bad' },
  left: { icon: 'log-out', tone: 'info' },
}
