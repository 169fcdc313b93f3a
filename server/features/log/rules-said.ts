import type { Locale } from '../../actor.ts'
import { isMessage, say, type MessageKey } from '../../messages.ts'
import type { EventRules } from '../../schemas/rules.ts'

/** Of rules that were changed: those kinds, as they were and as they are. */
export type ChangedRules = { before: Partial<EventRules>; after: Partial<EventRules> }

/** What was changed, number by number, with what it was and what it is. */
export function sayRules(locale: Locale, { before, after }: ChangedRules): string {
  const [was, is] = [saidIn(locale, before), saidIn(locale, after)]
  const changed = [...is].filter(([rule, now]) => was.get(rule) !== now)
  return changed
    .map(([rule, to]) => {
      const values = { rule: say(locale, rule), from: was.get(rule) ?? say(locale, 'log_rule_unsaid'), to }
      return say(locale, 'log_rule', values)
    })
    .join('; ')
}

/** Each number or word of some rules by the message that names it. */
function saidIn(locale: Locale, rules: Partial<EventRules>): Map<MessageKey, string> {
  const { pause, apart, aims, ...others } = rules
  const said = Object.entries(others).flatMap(([kind, rule]) =>
    rule !== null && typeof rule === 'object'
      ? Object.entries(rule).map(([field, value]) => [`${kind}_${field}`, value as unknown] as const)
      : [[kind, rule as unknown] as const],
  )
  const words: [string, string][] = said.map(([name, value]) => [name, valueSaid(locale, name, value)])
  if (pause !== undefined)
    words.push(['pause', pause ? say(locale, 'log_rule_pause_is', pause) : say(locale, 'log_rule_none')])
  if (apart)
    words.push([
      'apart',
      listed(
        locale,
        apart.map((one) => apartSaid(locale, one)),
      ),
    ])
  if (aims)
    words.push([
      'aims',
      listed(
        locale,
        aims.map((aim) => say(locale, `log_aim_${aim}`)),
      ),
    ])
  return new Map(
    words.flatMap(([name, value]) => {
      const key = `log_rule_${name}`
      return isMessage(key) ? [[key, value] as const] : []
    }),
  )
}

function valueSaid(locale: Locale, name: string, value: unknown): string {
  if (value === null) return say(locale, name === 'suggestions' ? 'log_rule_none' : 'log_rule_no_limit')
  if (typeof value === 'boolean') return say(locale, value ? 'log_rule_yes' : 'log_rule_no')
  const word = `log_rule_is_${String(value)}`
  if (isMessage(word)) return say(locale, word)
  return name === 'tolerance' || name.endsWith('_percent') ? `${String(value)} %` : String(value)
}

const apartSaid = (locale: Locale, { kind, financed }: EventRules['apart'][number]) =>
  `${say(locale, `host_kind_${kind}`)} (${say(locale, financed ? 'log_rule_financed' : 'log_rule_not_financed')})`

const listed = (locale: Locale, words: string[]) => words.join(', ') || say(locale, 'log_rule_none')
