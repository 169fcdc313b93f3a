import { flushSync } from 'svelte'

let isPrinting = $state(false)

// The browser takes the page as it is right after it has told of it.
addEventListener('beforeprint', () => flushSync(() => (isPrinting = true)))
addEventListener('afterprint', () => (isPrinting = false))

/** While a page goes to paper, by whatever way, all of it is drawn: also what is not looked at. */
export const printing = () => isPrinting

/** Of a long list of which the page shows the first ones: so many, and all of them on paper. */
export const atMost = (most: number) => (isPrinting ? Infinity : most)
