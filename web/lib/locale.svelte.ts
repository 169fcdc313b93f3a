import { getLocale, locales, overwriteGetLocale, setLocale, type Locale } from '../paraglide/runtime.js'

export { locales, type Locale }

const chosen = $state({ locale: getLocale() })

// Messages ask for the locale each time they are shown; answering from state re-renders them in place,
// so that switching language loses neither the page nor what is typed in it.
overwriteGetLocale(() => chosen.locale)
document.documentElement.lang = chosen.locale

export const currentLocale = (): Locale => chosen.locale

export function switchLocale(locale: Locale) {
  void setLocale(locale, { reload: false })
  chosen.locale = locale
  document.documentElement.lang = locale
}
