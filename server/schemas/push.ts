import { Type, type Static } from 'typebox'
import { Shape, Text } from './common.ts'

/** A browser's own description of its subscription (W3C Push API): where to send, and with which keys to encrypt. */
export const PushSubscription = Shape({
  endpoint: Text(1000, 1),
  keys: Shape({
    p256dh: Type.String({ pattern: '^[A-Za-z0-9_-]{87}$' }),
    auth: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
  }),
})
export type PushSubscription = Static<typeof PushSubscription>
