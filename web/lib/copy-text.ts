/** Puts a text on the clipboard; false where the browser refuses (no permission, plain http). */
export async function copyText(text: string) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
