import { blockNavigation } from 'sv-router'
import { navigate } from '../../../router.ts'

let isStaying = false
/** The last address of the page that is not to be left. */
let at = ''

/** Another address of the same page: it stays where it is, and leaves no step to go back by. */
export async function stayAt(address: string) {
  const { pathname, search, hash } = new URL(address, location.href)
  isStaying = true
  try {
    await navigate(pathname as '/', { search, hash, replace: true, scrollToTop: false })
  } finally {
    isStaying = false
    at = location.href
  }
}

/** Asks before the page is left with something unsaved. */
export function askBeforeLeaving(isUnsaved: () => boolean, ask: () => Promise<boolean>): () => void {
  const page = location.pathname
  at = location.href
  // A link within the page has moved the address already; one that leads elsewhere has not yet.
  const hasStayed = () => {
    const moved = location.href !== at && location.pathname === page
    if (moved) at = location.href
    return moved
  }
  return blockNavigation({
    beforeUnload: () => !isUnsaved(),
    onNavigate: () => isStaying || hasStayed() || !isUnsaved() || ask(),
  })
}
