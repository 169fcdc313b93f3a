import type { Position } from './live-frames.ts'
import { outbox } from './outbox.svelte.ts'

type Said = { body: unknown; isPending: boolean }

/** What somebody said to an address and a page that shows the changes up to `shown` does not show; the last word counts. */
export function saidTo(shown: Position): Map<string, Said> {
  const accepted = outbox
    .acceptedAfter(shown)
    .map(({ path, body }) => [path, { body, isPending: false }] as const)
  const pending = outbox.pending.map(({ path, body }) => [path, { body, isPending: true }] as const)
  return new Map<string, Said>([...accepted, ...pending])
}
