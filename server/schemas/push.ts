import { Type, type Static } from 'typebox'
import { Id, Shape, Text } from './common.ts'

/** A browser's own description of its subscription (W3C Push API): where to send, and with which keys to encrypt. */
export const PushSubscription = Shape({
  /** Whose agenda is open: only of the agendas opened so does the browser hear while no page is. */
  participantId: Type.Optional(Id),
  endpoint: Text(1000, 1),
  keys: Shape({
    p256dh: Type.String({ pattern: '^[A-Za-z0-9_-]{87}$' }),
    auth: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
  }),
})
export type PushSubscription = Static<typeof PushSubscription>
