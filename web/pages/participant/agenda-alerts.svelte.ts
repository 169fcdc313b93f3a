import type { AgendaView } from '../../../server/schemas/agenda.ts'
import { m } from '../../paraglide/messages.js'
import { changeWords, type NamedChange } from '../../lib/change-words.ts'
import { eventTimeSaid } from '../../lib/format.ts'
import { alerts } from './alerts.svelte.ts'
import { meetingsIn, momentOf } from './day.ts'

const soon = 2 * 60_000

type Shown = { view: AgendaView | null; changes: NamedChange[]; now: number }

/** Says what changes while the page is open, each call to a table, and each meeting two minutes before. Call while a component initialises. */
export function alertOnAgenda(read: () => Shown) {
  let last: string | null = null
  const said = new Set<string>()

  // What had changed before the page was opened stands on the page.
  $effect(() => {
    const { view, changes } = read()
    if (!view) return
    const news = changes.map((change) => changeWords(change, view.event)).join('\n')
    if (last !== null && news && news !== last) void alerts.tell(m.notify_changed(), news, 'agenda')
    last = news
  })

  // Whoever opens the page to a call reads it there.
  let calls: Set<string> | null = null
  $effect(() => {
    const { view } = read()
    if (!view) return
    const called = meetingsIn(view.slots).filter(({ state }) => state === 'called')
    const isNew = ({ id }: { id: string }) => calls !== null && !calls.has(id)
    for (const { table, with: other } of called.filter(isNew))
      void alerts.tell(m.agenda_called({ table: table ?? m.agenda_no_table() }), other.name, 'next')
    calls = new Set(called.map(({ id }) => id))
  })

  $effect(() => {
    const { view, now } = read()
    const { on, current } = momentOf(view?.slots ?? [], now)
    if (on || !current || Date.parse(current.startsAt) - now > soon) return
    const key = `${current.id} ${current.startsAt}`
    if (said.has(key)) return
    said.add(key)
    void alerts.tell(
      m.notify_soon({ name: current.with.name }),
      m.notify_soon_text({
        time: view ? eventTimeSaid(current.startsAt, view.event) : '',
        table: current.table ?? m.agenda_no_table(),
      }),
      'next',
    )
  })
}
