/** The event's clock: the real time, moved in the sample programme so that the day can be tried at any hour. */
export const clockOf = (programme: { clockOffsetMs: number }): Date =>
  new Date(Date.now() + programme.clockOffsetMs)
