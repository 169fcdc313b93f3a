import type { UsualFeature } from '../../server/schemas/features.ts'
import { m } from '../paraglide/messages.js'

/** Those that every event may ask for, said in the reader's language; others are the organisers' own words. */
const WORDS: Record<UsualFeature, () => string> = {
  'step-free': m.feature_step_free,
  quiet: m.feature_quiet,
  screen: m.feature_screen,
}
export const USUAL_FEATURES = Object.keys(WORDS)

export const featureLabel = (feature: string) =>
  (WORDS as Record<string, () => string>)[feature]?.() ?? feature

const plain = (text: string) => text.trim().replace(/\s+/g, ' ').toLocaleLowerCase()

/** Features as somebody typed them, between commas; each once. */
export function featuresIn(text: string, known: string[] = []): string[] {
  const all = [...USUAL_FEATURES, ...known]
  const words = text.split(',').filter((word) => word.trim() !== '')
  const found = words.map(
    (word) => all.find((one) => plain(featureLabel(one)) === plain(word)) ?? word.trim().replace(/\s+/g, ' '),
  )
  return [...new Set(found)].slice(0, 8)
}

/** What of it a table does not have. */
export const lacking = (needs: string[], features: string[]) =>
  needs.filter((need) => !features.includes(need))

/** Whether one of the tables has all that is needed. */
export const isOffered = (needs: string[], tables: string[][]) =>
  needs.length === 0 || tables.some((features) => needs.every((need) => features.includes(need)))
