import type { Instance, Slot } from '../format/instance.ts'

/** How far what follows each other reaches: never from one day into another. */

/** Whether meetings in both slots can be in one row: in one block of one day. */
export const isInOneBlock = (one: Slot, other: Slot): boolean =>
  one.day === other.day && one.block === other.block

/** Whether a pause between the two slots can be a break, by `breakScope`. */
export const isInOneStretch = ({ rules }: Pick<Instance, 'rules'>, one: Slot, other: Slot): boolean =>
  rules.breakScope === 'event' ? one.day === other.day : isInOneBlock(one, other)
