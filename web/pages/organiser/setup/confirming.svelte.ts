import type { Written } from '../../../../server/schemas/common.ts'
import type { ArrangementEffects } from '../../../../server/schemas/event.ts'
import { api } from '../../../lib/api.ts'

/** Who was shown what hangs on their change and would rather not: nothing went wrong. */
export class Declined extends Error {}

/** Asks the server what hangs on a change of days, slots or tables, and the person where anything does. */
export class Confirming {
  /** What the person is looking at. */
  effects = $state.raw<ArrangementEffects | null>(null)
  #answer: (yes: boolean) => void = () => undefined

  /** Sends the change once it is confirmed; throws `Declined` where it is not. */
  async send(method: 'post' | 'put', path: string, body: object, ifMatch?: string): Promise<Written> {
    const effects = await api.post<ArrangementEffects>(`${path}/preview`, body)
    if (effects.effects === null) return api[method]<Written>(path, body, { ifMatch })
    const yes = await new Promise<boolean>((answer) => {
      this.#answer = answer
      this.effects = effects
    })
    this.effects = null
    if (!yes) throw new Declined()
    return api[method]<Written>(path, { ...body, effects: effects.effects }, { ifMatch })
  }

  answer(yes: boolean) {
    this.#answer(yes)
  }
}
