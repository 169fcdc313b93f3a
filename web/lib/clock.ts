// The server's clock rules every countdown: phones are minutes off, and a sample event runs at its own hour.
let offset = 0
let shortestTravel = Infinity
let shift = 0

/** The time of the event, in milliseconds. */
export const serverNow = () => Date.now() + offset + shift

/** A frame's `at` is the server's real time; the frame that travelled least tells the difference best. */
export function observeServerTime(at: string) {
  const behind = Date.now() - Date.parse(at)
  if (Number.isNaN(behind) || behind >= shortestTravel) return
  shortestTravel = behind
  offset = -behind
}

/** A clock frame: `now` is the event's time, `offsetMs` how far an organiser of the sample moved it. */
export function followClock(now: string, offsetMs: number) {
  shift = offsetMs
  observeServerTime(new Date(Date.parse(now) - offsetMs).toISOString())
}
