import type { Helpers } from '../../../../server/schemas/programme.ts'
import { dateTime, elided } from '../../../lib/format.ts'
import { toast } from '../../../lib/toasts.svelte.ts'
import { m } from '../../../paraglide/messages.js'

export type Helper = Helpers['helpers'][number]

/** What became of the last mail that invited somebody. */
export function invitationWords({ invited }: Helper, isMine: boolean): string {
  if (!invited) return isMine ? m.helpers_you() : m.helpers_not_invited()
  const when = dateTime(invited.at)
  return {
    waiting: () => m.helpers_invitation_waiting(),
    sent: () => elided(m.helpers_invitation_sent({ when })),
    kept: () => elided(m.helpers_invitation_kept({ when })),
    perhaps: () => m.helpers_invitation_perhaps({ when }),
    failed: () => m.helpers_invitation_failed({ reason: invited.error ?? '' }),
  }[invited.state]()
}

/** Says that somebody can enter, and that they were told only where a mail is on its way. */
export function toastInvited(helper: Helper | undefined) {
  if (!helper) return
  const { name, email, invited } = helper
  const onItsWay = invited?.state === 'waiting' || invited?.state === 'sent'
  toast(onItsWay ? m.helpers_invited({ name, email }) : m.helpers_added({ name, email }), { tone: 'good' })
}
