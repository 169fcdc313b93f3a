/*
 * The referee. It stands on format/ (what the files say) and on spec/ (the rules, the levels, and which schedules a
 * bound speaks of), to which the search answers as well. It shares nothing else with the search: what a certificate
 * needs is worked out here once more, from the instance and the certificate alone, written to be read. Tests hold the
 * two against each other.
 */
import { digest } from '../format/digest.ts'
import type { Instance } from '../format/instance.ts'
import type { Solution } from '../format/solution.ts'
import { validate, type Report } from './validate.ts'

/** `validate`, and that the solution belongs to this very instance file. */
export async function verify(instance: Instance, solution: Solution): Promise<Report> {
  const report = validate(instance, solution)
  if ((await digest(instance.source)) === solution.instance) return report
  const message = 'The solution belongs to another instance: the hash differs.'
  return {
    ...report,
    valid: false,
    violations: [{ rule: 'claim', message, path: '/instance', ids: [] }, ...report.violations],
  }
}
