import type { HostProfile } from '../../../server/schemas/proposal.ts'
import { m } from '../../paraglide/messages.js'
import { money } from '../../lib/format.ts'

/** `da 5.000 € a 20.000 €`; empty where the host named no amount. */
export function amountRange({ amountMin, amountMax }: Pick<HostProfile, 'amountMin' | 'amountMax'>) {
  if (amountMin !== null && amountMax !== null)
    return m.amount_range({ from: money(amountMin), to: money(amountMax) })
  if (amountMin !== null) return m.amount_from({ from: money(amountMin) })
  return amountMax === null ? '' : m.amount_to({ to: money(amountMax) })
}
