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
