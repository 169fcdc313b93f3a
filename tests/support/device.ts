/**
 * What a browser keeps and shows, as far as Node has no such thing. To be imported before the modules that look for it.
 */
const kept: Record<string, string> = {}
const methods = {
  getItem: (name: string) => kept[name] ?? null,
  setItem: (name: string, value: string) => void (kept[name] = value),
  removeItem: (name: string) => void delete kept[name],
}
for (const [name, value] of Object.entries(methods))
  Object.defineProperty(kept, name, { value, configurable: true })

const page = Object.assign(new EventTarget(), {
  cookie: '',
  documentElement: { lang: '' },
  visibilityState: 'visible',
})
for (const [name, value] of Object.entries({ localStorage: kept, document: page }))
  Object.defineProperty(globalThis, name, { value, configurable: true })

/** All that is kept, by name. */
export const device = kept

export function clearDevice() {
  for (const name of Object.keys(kept)) delete kept[name]
}
