import type { Encoding } from './table.ts'

/** Plain text from its bytes: as its mark says, else UTF-8 where it is that, else what reads like a language. */
export function decode(bytes: Uint8Array): { text: string; encoding: Encoding } {
  const encoding = markedEncoding(bytes) ?? unmarkedUtf16(bytes) ?? (isUtf8(bytes) ? 'utf-8' : legacy(bytes))
  return { text: new TextDecoder(encoding).decode(bytes), encoding }
}

function markedEncoding([first, second, third]: Uint8Array): Encoding | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

const SAMPLE = 4096

/** In a text of a European list every other byte is nought. */
function unmarkedUtf16(bytes: Uint8Array): Encoding | null {
  const sample = bytes.subarray(0, SAMPLE)
  const noughts = [0, 0]
  sample.forEach((byte, at) => byte === 0 && noughts[at % 2]++)
  if (noughts[0] === noughts[1]) return null
  const most = Math.max(...noughts)
  if (most < sample.length / 8) return null
  return noughts[1] === most ? 'utf-16le' : 'utf-16be'
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Letters and marks that lists hold, and what stands in their place where the other encoding was meant. */
const LIKELY = /[àèéìíòóùúâêîôûäëïöüñçßæøåœ’‘“”«»–…€°]|(?<!\p{Ll})[ÀÈÉÌÍÒÓÙÚÂÊÎÔÛÄËÏÖÜÑÇÆØÅŒ]/gu
const UNLIKELY = /[\u0080-\u009f‡†˘˙˚¸˝˛ˇˆ˜¨¯ªº∞≠≤≥∂∑∏π∫Ω√ƒ≈∆◊‰Ÿ⁄‹›]|(?<=\p{Ll})[ÀÈÉÌÍÒÓÙÚÂÊÎÔÛÄËÏÖÜÑÇÆØÅŒ]/gu

function legacy(bytes: Uint8Array): Encoding {
  const count = (text: string, which: RegExp) => text.match(which)?.length ?? 0
  const score = (encoding: Encoding) => {
    const text = new TextDecoder(encoding).decode(bytes)
    return count(text, LIKELY) - 2 * count(text, UNLIKELY)
  }
  return score('macintosh') > score('windows-1252') ? 'macintosh' : 'windows-1252'
}
