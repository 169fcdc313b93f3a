// A service's numbers count only within its epoch: one restored from a backup begins another.
let seen: string | null = null

/** The epoch last heard of; null before a first word. */
export const seenEpoch = () => seen

export const noteEpoch = (epoch: string) => void (seen = epoch)
