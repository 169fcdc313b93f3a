/**
 * Leximin by raise and freeze: first as many people as possible get one meeting, then, keeping that, as many as
 * possible two, and so on.
 * @param people how many there are
 * @param most meetings that any of them can have
 * @param raise how many can have n meetings besides what is kept, which is kept from then on; null to stop
 * @returns the ascending numbers of meetings, or null if stopped. Where a maximum is not whole, nothing is known of
 *   what follows, and the rest is taken to get as many as anybody can.
 */
export function raiseAndFreeze(
  people: number,
  most: number,
  raise: (n: number) => number | null,
): number[] | null {
  const meetings: number[] = []
  for (let n = 1; n <= most; n++) {
    const raised = raise(n)
    if (raised === null) return null
    while (people - meetings.length > Math.floor(raised)) meetings.push(n - 1)
    if (!Number.isInteger(raised)) break
  }
  while (meetings.length < people) meetings.push(most)
  return meetings
}
