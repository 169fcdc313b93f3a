import type { LetterText, LetterTexts } from '../../../../server/schemas/letters.ts'
import { api } from '../../../lib/api.ts'
import { Editing, type Seen } from '../editing.svelte.ts'

type Kept = LetterTexts['texts'][number]

export const seenOf = ({ subject, body, version }: Kept): Seen<LetterText> => ({
  values: { subject, body },
  version,
})

/** One text of a programme while it is being written. */
export class TextDraft {
  values: LetterText
  editing: Editing<LetterText>
  #path: string

  constructor(programmeId: string, kept: Kept) {
    const { kind, language } = kept
    const all = `/api/v1/programmes/${programmeId}/letter-texts`
    this.#path = `${all}/${kind}/${language}`
    this.values = $state(seenOf(kept).values)
    this.editing = new Editing(seenOf(kept), {
      read: () => $state.snapshot(this.values),
      show: (now) => (this.values = now),
      reload: async () => {
        const { texts } = await api.get<LetterTexts>(all)
        const now = texts.find((one) => one.kind === kind && one.language === language)
        return now ? seenOf(now) : null
      },
    })
  }

  save = () => this.editing.save((ifMatch) => api.put(this.#path, $state.snapshot(this.values), { ifMatch }))
}
