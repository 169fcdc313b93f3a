import { expect, test } from 'vitest'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { ProposalContent } from '../../../../server/schemas/proposal.ts'
import { withoutProposals } from '../../../../web/pages/participant/agenda-offline.ts'
import { mergeThreeWays } from '../../../../web/pages/participant/three-way-merge.ts'
import { mixParts, withKinds } from '../../../../web/pages/participant/words.ts'

test('a mix kept from before its parts had a kind is taken up with the kinds that the server read', () => {
  const part = (source: string, percent: number) => ({ source, percent })
  const now = { fundingMix: [{ kind: 'public', ...part('Bando', 100) }] } as ProposalContent
  const renew = (...parts: object[]) => withKinds({ fundingMix: parts } as Partial<ProposalContent>, now)
  const mine = renew(part('Bando', 60), part('Amici', 40))
  const merged = mergeThreeWays({ base: renew(part('Bando', 100)), mine, sent: [] }, now)
  expect(merged.both).toEqual([])
  expect(merged.content.fundingMix.map(({ kind }) => kind)).toEqual(['public', 'other'])
  expect(mixParts(merged.content.fundingMix)).toHaveLength(2)
  expect(withKinds({ summary: 'Un orto' }, now)).toEqual({ summary: 'Un orto' })
})

test('of an agenda stays on the device that a meeting was proposed, not what both wrote', () => {
  const meeting = {
    with: { name: 'Ente', summary: 'Un orto', supportForms: ['money'] },
    suggestion: { compatibility: 80, reasons: [{ kind: 'district', values: ['Porto'] }] },
  }
  const view = { slots: [{ meeting }, { meeting: { ...meeting, suggestion: null } }, { meeting: null }] }
  const kept = withoutProposals(view as unknown as AgendaView)
  expect(JSON.stringify(kept)).not.toMatch(/orto|money|Porto/i)
  expect(kept.slots.map((slot) => slot.meeting?.suggestion?.compatibility)).toEqual([
    80,
    undefined,
    undefined,
  ])
})

test('what I sent without hearing an answer is nobody else’s; what somebody else wrote is', () => {
  const base = { summary: 'Un orto' }
  const mine = { summary: 'Un orto in cortile' }
  const merge = (theirs: string) =>
    mergeThreeWays({ base, mine, sent: [{ summary: 'Un orto in' }] }, { summary: theirs })
  expect(merge('Un orto in')).toEqual({ content: mine, both: [] })
  expect(merge('Due orti').both).toEqual(['summary'])
})
