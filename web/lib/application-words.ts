import type { ApplicationState } from '../../server/schemas/application.ts'
import { m } from '../paraglide/messages.js'
import type { IconName } from './icons.ts'

type Tone = 'accent' | 'info' | 'good' | 'warn' | 'bad' | 'quiet'

/** How far an application is: in words, with a sign and a colour. */
export const applicationStates: Record<
  ApplicationState,
  { label: () => string; icon: IconName; tone: Tone }
> = {
  draft: { label: m.application_state_draft, icon: 'edit', tone: 'quiet' },
  submitted: { label: m.application_state_submitted, icon: 'send', tone: 'info' },
  changes_requested: { label: m.application_state_changes_requested, icon: 'undo', tone: 'warn' },
  admitted: { label: m.application_state_admitted, icon: 'check-circle', tone: 'good' },
  refused: { label: m.application_state_refused, icon: 'x-circle', tone: 'bad' },
  withdrawn: { label: m.application_state_withdrawn, icon: 'x', tone: 'quiet' },
}
