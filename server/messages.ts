import en from './messages/en.json' with { type: 'json' }
import it from './messages/it.json' with { type: 'json' }
import type { Locale } from './actor.ts'
import { elide } from './italian.ts'
import { inLine } from './text.ts'

export type MessageKey = keyof typeof it
const MESSAGES: Record<Locale, Record<MessageKey, string>> = { it, en }

/** Where a value goes, with the small word before it. */
const PLACE = /(?:(?<![\p{L}’'])([ae]|il|al|[dns][aeu]l) )?\{(\w+)\}/giu

/** A sentence in the reader's language; `{name}` stands for a value. */
export const say = (locale: Locale, key: MessageKey, values: Record<string, string | number> = {}): string =>
  MESSAGES[locale][key].replace(PLACE, (_, before: string | undefined, name: string) => {
    const value = String(values[name] ?? '')
    if (before === undefined) return value
    return locale === 'it' ? elide(before, value) : `${before} ${value}`
  })

/** The same for a line that has to stay short, the subject of a mail for example, whatever people are called. */
export const sayInLine = (locale: Locale, key: MessageKey, values: Record<string, string>): string =>
  say(locale, key, Object.fromEntries(Object.entries(values).map(([name, words]) => [name, inLine(words)])))

/** As it stands, its places not filled. */
export const messageOf = (locale: Locale, key: MessageKey): string => MESSAGES[locale][key]

/** For dates and numbers in that language, as they are written here and in Great Britain. */
export const regionOf = (locale: Locale): string => (locale === 'en' ? 'en-GB' : 'it')

export const isMessage = (key: string): key is MessageKey => key in it

/** Italian first: English only where it is asked for before Italian. */
export function localeOf(cookie: string | undefined, accepted: string | undefined): Locale {
  if (cookie === 'it' || cookie === 'en') return cookie
  const wanted = (accepted ?? '')
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase())
    .find((code) => code === 'it' || code === 'en')
  return wanted === 'en' ? 'en' : 'it'
}
