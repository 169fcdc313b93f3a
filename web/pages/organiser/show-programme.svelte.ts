import type { ProgrammeView } from '../../../server/schemas/programme.ts'
import { api } from '../../lib/api.ts'
import { recallEvent, shellContext } from '../../lib/shell-context.svelte.ts'

type Shown = Pick<ProgrammeView, 'id' | 'name' | 'sample' | 'timezone' | 'events'>

// An event of another programme leaves the navigation.
function stand({ id, name, sample, timezone, events }: Shown) {
  const isGone = !events.some((event) => event.id === shellContext.eventId)
  if (shellContext.programmeId !== id || isGone) {
    shellContext.eventId = shellContext.eventName = null
    recallEvent(id, events)
  }
  shellContext.programmeId = id
  shellContext.programmeName = name
  shellContext.sample = sample
  shellContext.zone = timezone
}

/** Tells the shell which programme the page is about. */
export function showProgramme(read: () => Shown | null) {
  $effect(() => {
    const programme = read()
    if (programme) stand(programme)
  })
}

/** For pages whose own data does not name the programme. */
export function showProgrammeOf(read: () => string) {
  $effect(() => {
    const id = read()
    if (shellContext.programmeId === id) return
    const found = api.get<ProgrammeView>(`/api/v1/programmes/${id}`)
    // The page's own reading says what is wrong, if anything is.
    found.then((programme) => read() === id && stand(programme)).catch(() => {})
  })
}
