import startPostgres from './global-setup.ts'
import { makeSampleTemplate, SAMPLE_TEMPLATE } from './sample.ts'

/** The sample programme that every journey has a copy of. */
export default async function setup() {
  const stopPostgres = await startPostgres()
  process.env[SAMPLE_TEMPLATE] = await makeSampleTemplate()
  return () => stopPostgres?.()
}
