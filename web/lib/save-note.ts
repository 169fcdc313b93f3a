import { createContext, type Snippet } from 'svelte'

const [read, show, isShown] = createContext<Snippet>()

/** How far saving is: stands under the field that somebody writes in. Call while the form's component initialises. */
export const showSaveNote = show

/** Null in a form that is sent by a button. */
export const saveNote = (): Snippet | null => (isShown() ? read() : null)
