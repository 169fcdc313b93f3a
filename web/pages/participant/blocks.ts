import { m } from '../../paraglide/messages.js'
import { time } from '../../lib/format.ts'

type Slot = { block: number; startsAt: string; endsAt: string }

/** Slots by block, named as people do: morning or afternoon, numbered where there are several of each. */
export function blocksOf<S extends Slot>(slots: S[], zone: string) {
  const groups = [...Map.groupBy(slots, (slot) => slot.block).values()]
  const names = groups.map((group) => {
    const hour = Number(time(group[0]!.startsAt, zone).slice(0, 2))
    return hour < 13 ? m.block_morning() : hour < 18 ? m.block_afternoon() : m.block_evening()
  })
  return groups.map((group, index) => {
    const alike = names.filter((name) => name === names[index]).length
    const position = names.slice(0, index + 1).filter((name) => name === names[index]).length
    return {
      key: group[0]!.block,
      label: alike > 1 ? `${names[index]} ${position}` : names[index]!,
      startsAt: group[0]!.startsAt,
      endsAt: group.at(-1)!.endsAt,
      slots: group,
    }
  })
}
