import { m } from '../paraglide/messages.js'

// In this order: browsers also call themselves what others are called, and so do systems.
const browsers: [RegExp, string][] = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Headless)?(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'Chromebook'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
]

const among = (known: [RegExp, string][], said: string) => known.find(([sign]) => sign.test(said))?.[1]

/** «Safari su iPhone», of what a browser says it is. */
export function deviceName(userAgent: string | null) {
  const browser = among(browsers, userAgent ?? '')
  const system = among(systems, userAgent ?? '')
  if (browser && system) return m.device_named({ browser, system })
  return browser ?? system ?? m.device_unknown()
}
