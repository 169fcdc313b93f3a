const isLost = (element: Element) => !element.isConnected || element.matches(':disabled')

/**
 * Keeps the keyboard in a place of a page: where what has the focus goes, or can't be pressed any more, the place takes
 * it, and Tab goes on from there. It never falls to another button, which a key held down would press as well.
 */
export function keepPlace(place: HTMLElement) {
  let last: Element | null = null
  const remember = ({ target }: FocusEvent) => (last = target as Element)
  // Asked a moment later: what is taken away may lose the focus before it has gone.
  const forget = ({ target }: FocusEvent) =>
    queueMicrotask(() => {
      if (last && last === target && !isLost(last)) last = null
    })

  function follow() {
    if (!last || !isLost(last)) return
    const isHere = [document.body, last].includes(document.activeElement as HTMLElement)
    last = null
    if (isHere) place.focus({ preventScroll: true })
  }

  place.tabIndex = -1
  const observer = new MutationObserver(follow)
  observer.observe(place, { subtree: true, childList: true, attributeFilter: ['disabled'] })
  place.addEventListener('focusin', remember)
  place.addEventListener('focusout', forget)
  return () => {
    observer.disconnect()
    place.removeEventListener('focusin', remember)
    place.removeEventListener('focusout', forget)
  }
}
