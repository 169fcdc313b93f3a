type Focus = { element: Element; row: HTMLElement; at: number }

/**
 * Keeps the keyboard's focus in a list of which rows, or buttons of a row, go: what had the focus gives it to its
 * row, to the row that follows, to the one before, or to what can be focused above the list. A row takes it by its
 * first button, never by the one that was pressed, so that a key held down presses nothing of the next one.
 */
export function keepFocus(list: HTMLElement) {
  let last: Focus | null = null
  const rows = () => [...list.querySelectorAll<HTMLElement>('ul > li')]

  function remember({ target }: FocusEvent) {
    const element = target as Element
    const row = rows().find((one) => one.contains(element))
    last = row ? { element, row, at: rows().indexOf(row) } : null
  }

  // Asked a moment later: what is taken away may lose the focus before it has gone.
  const forget = ({ target }: FocusEvent) =>
    queueMicrotask(() => {
      if (last?.element === target && last?.element.isConnected) last = null
    })

  function follow() {
    if (last?.element.isConnected) last.at = rows().indexOf(last.row)
    else if (last) restore(last)
  }

  function restore({ row, at }: Focus) {
    last = null
    if (document.activeElement !== document.body) return
    const next = row.isConnected ? row : (rows()[at] ?? rows()[at - 1])
    const target = next?.querySelector('button') ?? list.querySelector<HTMLElement>('[tabindex="-1"]')
    target?.focus()
  }

  const observer = new MutationObserver(follow)
  observer.observe(list, { childList: true, subtree: true })
  list.addEventListener('focusin', remember)
  list.addEventListener('focusout', forget)
  return () => {
    observer.disconnect()
    list.removeEventListener('focusin', remember)
    list.removeEventListener('focusout', forget)
  }
}
