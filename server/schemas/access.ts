import { Type, type Static } from 'typebox'
import { Nullable, Shape, Text, Time } from './common.ts'

/** As sign-in makes them: sessions and passkeys have ids of its own shape. */
export const AccessId = Type.String({ pattern: '^[\\w-]{1,100}$' })

/** When the mail with the code went, until when the code works, and from when on it can be sent once more. */
export const CodeAsked = Shape({ sentAt: Time, expiresAt: Time, againAt: Time })
export type CodeAsked = Static<typeof CodeAsked>

/** By what somebody gets in: where they are signed in, and their passkeys. */
export const Access = Shape({
  sessions: Type.Array(
    Shape({
      id: Type.String(),
      /** What the browser says it is, if it said anything. */
      userAgent: Nullable(Type.String()),
      begun: Time,
      lastUsed: Time,
      /** The one that asks. */
      current: Type.Boolean(),
    }),
  ),
  passkeys: Type.Array(Shape({ id: Type.String(), name: Nullable(Type.String()), added: Time })),
  /** Who organises needs a passkey, so the last one stays. */
  keepsOne: Type.Boolean(),
  /** False where passkeys change only after signing in with one of them. */
  mayChange: Type.Boolean(),
})
export type Access = Static<typeof Access>

export const PasskeyName = Shape({ name: Text(80, 1) })
