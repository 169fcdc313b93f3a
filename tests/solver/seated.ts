import { checkRules, type Instance, type Meeting } from '../../solver/index.ts'
import { schedules } from './events.ts'

/** Every schedule, with every choice of tables. */
export function* allSeated(instance: Instance): Generator<Meeting[]> {
  const { tables } = instance
  const choices = Array.isArray(tables) ? tables.map(({ id }) => id) : []
  for (const held of schedules(instance)) {
    const seated =
      choices.length === 0
        ? [held]
        : held.reduce(
            (all, meeting) => all.flatMap((list) => choices.map((table) => [...list, { ...meeting, table }])),
            [[] as Meeting[]],
          )
    yield* seated.filter((one) => checkRules(instance, one).length === 0)
  }
}
