/**
 * Puts a text on the clipboard; false where the browser refuses (no permission, plain http). A text still to come is
 * promised to the clipboard at once, as some browsers take nothing once the hand has left the button.
 */
export async function copyText(text: string | Promise<string>) {
  try {
    if (typeof text === 'string') await navigator.clipboard.writeText(text)
    else {
      const item = text.then((words) => new Blob([words], { type: 'text/plain' }))
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': item })])
    }
    return true
  } catch {
    return false
  }
}
