import type { MailTry } from '../database/schema.ts'
import type { MailRow } from '../features/mail/repository.ts'

type Outcome = MailTry['outcome']
type SmtpError = {
  code?: string
  command?: string
  responseCode?: number
  response?: string
  message?: string
}

/** What the mail server did, and its own words. `begun`: it was given the text. */
export function answerOf(error: unknown, begun: boolean): { outcome: Outcome; words: string } {
  const { response, message = '' } = error as SmtpError
  return { outcome: outcomeOf(error as SmtpError, begun), words: response ?? message }
}

/** What the mail server said, without whom it was about. */
export function causeOf(error: unknown, address: string): Error {
  const { code, responseCode, response, message = '' } = error as SmtpError
  const [who] = address.split('@')
  const words = [address, who].reduce((text, said) => text.replaceAll(said, '…'), response ?? message)
  const told = new Error([responseCode, words].filter(Boolean).join(' '))
  return Object.assign(told, { name: 'MailError', code, stack: '' })
}

function outcomeOf({ code, command, responseCode }: SmtpError, begun: boolean): Outcome {
  if (code === 'EAUTH') return 'login'
  if (!responseCode) {
    if (code === 'EENVELOPE') return 'refused'
    return begun && code !== 'ESTREAM' ? 'silent' : 'unreachable'
  }
  if (responseCode < 500) return 'put-off'
  // Of the person or the text; at any other step the server has something against us, which somebody may mend.
  return command === 'RCPT TO' || command === 'DATA' ? 'refused' : 'turned-away'
}

export const isLost = (outcome: Outcome) => outcome === 'silent'

const HOUR = 60 * 60
/** After how many seconds it is tried again first; each time twice as long, up to the most. */
const WAITS: Partial<Record<Outcome, { first: number; most: number }>> = {
  // Greylisting wants minutes; asking sooner makes some servers begin anew.
  'put-off': { first: 60, most: HOUR },
  'turned-away': { first: 30, most: HOUR },
  login: { first: 30, most: HOUR },
  unreachable: { first: 5, most: 15 * 60 },
}
/** Nobody waits for a code longer than it works. */
const CODE_WAITS = { first: 5, most: 60 }
/** Over about a day, for what is only put off. */
const MOST_TRIES = 30

/** When to try again, by what the server did; null where that helps nobody. */
export function nextTry({ kind, tries, expiresAt }: MailRow, outcome: Outcome): Date | null {
  const waits = WAITS[outcome]
  // Sent again by a person, it begins anew.
  const before = tries.length - tries.findLastIndex((one) => one.outcome === 'again') - 1
  if (!waits || before + 1 >= MOST_TRIES) return null
  const { first, most } = kind === 'code' ? CODE_WAITS : waits
  const at = new Date(Date.now() + Math.min(first * 2 ** before, most) * 1_000)
  return expiresAt && at > expiresAt ? null : at
}
