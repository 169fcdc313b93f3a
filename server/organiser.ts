import { openDatabase, runCommand, UsageError } from './command.ts'
import { readConfig, type Config } from './config.ts'
import { connect } from './database/client.ts'
import { CODE_MINUTES } from './features/identity/sign-in-codes.ts'
import { hasSecret, readSecret } from './features/identity/secret.ts'
import { inviteFounder, readmitOrganiser } from './features/identity/service.ts'

/**
 * `npm run organiser -- MAIL`: makes the first organiser of an installation, also while it is running. With `--reset` an
 * organiser who has lost the passkey gets back in.
 */

async function run(words: string[]): Promise<void> {
  const [email, ...rest] = words.filter((word) => word !== '--reset')
  if (!email || rest.length > 0 || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    throw new UsageError(
      'Give the mail address of the organiser: npm run organiser -- name@example.org (with --reset after it where the passkey is lost)',
    )
  const config = readConfig(process.env)
  checkSecret(config)
  const database = await openDatabase(config)
  const db = connect(database.place, 2)
  try {
    const admit = words.includes('--reset') ? readmitOrganiser : inviteFounder
    const code = await admit(db, email, readSecret(config))
    if (code === null)
      throw new UsageError(
        `${email} organises nothing here, so there is no passkey to replace. Check the address; without --reset they become the first organiser.`,
      )
    greet(config, email, code)
  } finally {
    await db.$client.end({ timeout: 5 })
    await database.close()
  }
}

/** A code that another secret made is refused: on a server's database the service's own must be here. */
function checkSecret(config: Config): void {
  if (config.database && !hasSecret(config))
    throw new UsageError(
      `The service would refuse the code, since its secret is not here: run this with the same SECRET that the service has, or where its DATA_DIR is (there is no secret in ${config.dataDirectory}).`,
    )
}

function greet({ publicUrl }: Config, email: string, code: string): void {
  process.stdout.write(`
Apri ${publicUrl}/accedi?email=${encodeURIComponent(email)}
vai avanti fino al codice e scrivi ${code} (vale ${CODE_MINUTES} minuti). Poi registra una passkey.

Open that address, go on to the code and type ${code} (valid for ${CODE_MINUTES} minutes). Then register a passkey.
`)
}

runCommand(run)
