import { createSubscriber } from 'svelte/reactivity'
import { onClockMoved, serverNow } from './clock.ts'
import { isoDate } from './format.ts'

// On the server's whole seconds, so that every screen in the room changes together; and at once when the server tells
// another time than the page had so far, or it would show the turn of a wrong clock for as long as a second.
const follow = createSubscriber((update) => {
  let timer: ReturnType<typeof setTimeout>
  const tick = () => {
    update()
    timer = setTimeout(tick, 1005 - (serverNow() % 1000))
  }
  timer = setTimeout(tick, 1005 - (serverNow() % 1000))
  const leave = onClockMoved(update)
  return () => {
    clearTimeout(timer)
    leave()
  }
})

/** The time of the event as pages show it, in milliseconds: whoever derives from it goes with the clock. */
export function eventNow(): number {
  follow()
  return serverNow()
}

/** The day it is where the event is. */
export const eventToday = (zone: string): string => isoDate(serverNow(), zone)
