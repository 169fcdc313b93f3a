import { Type, type Static } from 'typebox'
import { Id, Shape, Written } from './common.ts'

const Chosen = Type.Optional(Type.Union([Type.Literal('all'), Type.Array(Id, { maxItems: 2000 })]))

/** Whom to invite; who has no mail address is left out. */
export const NewInvitations = Shape({ projects: Chosen, hosts: Chosen })
export type NewInvitations = Static<typeof NewInvitations>

/** How many mails were written. */
export const MailsWritten = Shape({ ...Written.properties, mails: Type.Integer() })
export type MailsWritten = Static<typeof MailsWritten>
