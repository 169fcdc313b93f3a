/** Codes for newcomers: their own where given, otherwise the next numbers after those in use. */
export function codesAfter(prefix: string, taken: string[], inputs: { code?: string }[]): string[] {
  const used = new Set([...taken, ...inputs.map(({ code }) => code)])
  let number = taken.length
  return inputs.map(({ code }) => {
    if (code) return code
    do number += 1
    while (used.has(codeOf(prefix, number)))
    return codeOf(prefix, number)
  })
}

const codeOf = (prefix: string, number: number) => `${prefix}${String(number).padStart(2, '0')}`
